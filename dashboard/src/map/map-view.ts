/** The map on its canvases: sigma draws nodes and edges with WebGL, a canvas behind it the regions and hosts around them. The rest of the page knows nothing of either. */

import Graph from "graphology";
import Sigma from "sigma";
import { type BackdropInk, drawBackdrop } from "./backdrop.ts";
import { Layer } from "./layer.ts";
import { type Look, severityOf } from "./look.ts";
import { hostNode, LEVELS, type Level, type Link, segmentNode } from "./network.ts";
import type { Region } from "./regions.ts";
import { drawSign, type PlacedSign, placeSigns } from "./signs.ts";
import { HOST_RADIUS, type UnitPlace } from "./units.ts";

export interface MapColours extends BackdropInk {
  readonly node: string;
  readonly faded: string;
  readonly looks: Readonly<Record<Look, string>>;
}

/** What is shown. */
export interface MapContent {
  readonly regions: readonly Region[];
  readonly units: readonly UnitPlace[];
  readonly links: readonly Link[];
  /** Names of hosts that stand back; undefined for none. */
  readonly shown: ReadonlySet<string> | undefined;
}

export interface MapWatcher {
  readonly choose: (node: string | undefined) => void;
  readonly level: (level: Level) => void;
}

/** Up to so many hosts they are shown from the beginning. */
export const FEW_HOSTS = 60;
/** Up to so many nodes all of them bear their names. */
const FEW_LABELS = 40;
/** Pixels between two hosts from which on they are shown instead of segments, and from which on their units are. */
const PIXELS: Readonly<Record<Level, number>> = { segments: 0, hosts: 11, units: 150 };
const EASE_MILLISECONDS = 250;

const NOTHING: MapContent = { regions: [], units: [], links: [], shown: undefined };

export class MapView {
  readonly #graph = new Graph({ multi: true, type: "directed" });
  readonly #sigma: Sigma;
  readonly #behind: Layer;
  readonly #before: Layer;
  readonly #colours: MapColours;
  readonly #watcher: MapWatcher;
  #content = NOTHING;
  #level: Level = "hosts";
  #chosen: string | undefined;
  /** The page may tell of something new, and the camera still be on its way, when the map is gone already. */
  #isClosed = false;
  #near: ReadonlySet<string> = new Set();
  /** Of what is shown now; looked for once, as they are drawn with every frame. */
  #signs: readonly PlacedSign[] = [];
  /** Pixels between two hosts where the whole map is in sight. */
  #pixels = 1;

  constructor(place: HTMLElement, colours: MapColours, watcher: MapWatcher) {
    this.#colours = colours;
    this.#watcher = watcher;
    this.#behind = new Layer(place, "map-behind");
    this.#sigma = new Sigma(this.#graph, place, {
      allowInvalidContainer: true,
      defaultEdgeType: "arrow",
      labelColor: { color: colours.text },
      labelFont: getComputedStyle(place).fontFamily,
      labelSize: 12,
      labelDensity: 0.5,
      labelRenderedSizeThreshold: 5,
      edgeLabelColor: { color: colours.dim },
      edgeLabelFont: getComputedStyle(place).fontFamily,
      edgeLabelSize: 11,
      zIndex: true,
      hideEdgesOnMove: false,
      minCameraRatio: 0.01,
      maxCameraRatio: 3,
      stagePadding: 40,
      nodeReducer: (node, data) => this.#nodeLook(node, data),
      edgeReducer: (edge, data) => this.#edgeLook(edge, data),
    });
    this.#before = new Layer(place, "map-before");
    this.#sigma.on("clickNode", ({ node }) => watcher.choose(node));
    this.#sigma.on("clickStage", ({ event }) => watcher.choose(this.#hostAt(event)));
    this.#sigma.on("doubleClickNode", (event) => {
      event.preventSigmaDefault();
      this.show(event.node);
    });
    this.#sigma.on("afterRender", () => this.#draw());
    this.#sigma.getCamera().on("updated", () => this.#setLevel());
  }

  /** Nodes keep their places; only edges are new. */
  update(content: MapContent): void {
    if (this.#isClosed) return;
    const { regions, units } = this.#content;
    this.#content = content;
    if (content.regions !== regions || content.units !== units) this.#setNodes(content);
    this.#graph.clearEdges();
    const largest = most([1, ...content.links.map(({ bytes }) => bytes)]);
    for (const { key, source, target, look, bytes, level, services } of content.links) {
      if (!this.#graph.hasNode(source) || !this.#graph.hasNode(target)) continue;
      const size = 1 + 3.5 * Math.sqrt(bytes / largest) + (bytes === 0 && look !== "as-before" ? 1 : 0);
      const label = level === "units" ? [...services].slice(0, 2).join(", ") : undefined;
      const attributes = { look, level, size, zIndex: severityOf(look), ...(label && { label }) };
      this.#graph.addDirectedEdgeWithKey(key, source, target, attributes);
    }
    this.choose(this.#chosen);
    this.#setLevel(true);
  }

  choose(node: string | undefined): void {
    if (this.#isClosed) return;
    this.#chosen = node !== undefined && this.#graph.hasNode(node) ? node : undefined;
    this.#setNear();
    this.#sigma.refresh({ skipIndexation: true });
  }

  /** Brings a node near, as near as what is in it needs. */
  show(node: string): void {
    const place = this.#sigma.getNodeDisplayData(node);
    if (place === undefined) return;
    const level = node.startsWith("segment ") ? "hosts" : "units";
    const ratio = Math.min(this.#sigma.getCamera().ratio, this.#ratioFor(level));
    void this.#sigma.getCamera().animate({ x: place.x, y: place.y, ratio }, { duration: EASE_MILLISECONDS });
  }

  zoom(direction: "in" | "out" | "all"): void {
    const camera = this.#sigma.getCamera();
    if (direction === "in") void camera.animatedZoom({ duration: 150 });
    else if (direction === "out") void camera.animatedUnzoom({ duration: 150 });
    else void camera.animatedReset({ duration: 200 });
  }

  /** As near as the level needs: units around what is chosen, or the host that is nearest to the middle. */
  goTo(level: Level): void {
    if (level === this.#level) return;
    const node = level === "units" ? (this.#chosen ?? this.#middle()) : undefined;
    if (node !== undefined) this.show(node);
    else
      void this.#sigma.getCamera().animate({ ratio: this.#ratioFor(level) }, { duration: EASE_MILLISECONDS });
  }

  #middle(): string | undefined {
    const camera = this.#sigma.getCamera();
    const hosts = this.#graph
      .filterNodes((_node, { level }) => level === "hosts")
      .map((node) => {
        const place = this.#sigma.getNodeDisplayData(node) ?? { x: 0, y: 0 };
        return { node, distance: Math.hypot(place.x - camera.x, place.y - camera.y) };
      });
    return hosts.sort((a, b) => a.distance - b.distance)[0]?.node;
  }

  close(): void {
    this.#isClosed = true;
    this.#sigma.kill();
    this.#behind.remove();
    this.#before.remove();
  }

  #setNodes({ regions, units }: MapContent): void {
    this.#graph.clear();
    for (const { segment, x, y, radius, members } of regions) {
      this.#graph.addNode(segmentNode(segment), {
        ...{ x, y, label: segment, level: "segments", size: 8 + 3 * Math.sqrt(radius) },
      });
      for (const { name, x, y } of members)
        this.#graph.addNode(hostNode(name), { x, y, label: name, level: "hosts", size: 5.5, host: name });
    }
    for (const { node, x, y, label, host } of units)
      this.#graph.mergeNode(node, { x, y, label, level: "units", size: 5, host });
    // Regions are part of the picture, with room for their names.
    this.#sigma.setCustomBBox({
      x: [
        least(regions.map(({ x, radius }) => x - radius)),
        most(regions.map(({ x, radius }) => x + radius)),
      ],
      y: [
        least(regions.map(({ y, radius }) => y - radius)),
        most(regions.map(({ y, radius }) => y + radius)),
      ],
    });
  }

  #setLevel(isChanged = false): void {
    if (this.#isClosed) return;
    const hosts = this.#content.regions.reduce((sum, { members }) => sum + members.length, 0);
    const pixels = this.#pixels / this.#sigma.getCamera().ratio;
    const isFew = hosts <= FEW_HOSTS;
    const level = LEVELS.findLast((one) => pixels >= PIXELS[one] || (one === "hosts" && isFew)) ?? "segments";
    if (level === this.#level && !isChanged) return;
    if (level !== this.#level) {
      this.#level = level;
      this.#watcher.level(level);
      this.#sigma.setSetting("renderEdgeLabels", level === "units");
    }
    this.#setNear();
    this.#signs = placeSigns(this.#graph, level);
    this.#sigma.refresh();
  }

  #ratioFor(level: Level): number {
    return Math.min(1, this.#pixels / (PIXELS[level] * 1.15));
  }

  /** Whom the chosen node, or a part of it, talks to, and its parts. */
  #setNear(): void {
    const own = this.#graph.filterNodes(
      (node, data) => data.level === this.#level && this.#isChosen(node, data.host),
    );
    this.#near = new Set([...own, ...own.flatMap((node) => this.#graph.neighbors(node))]);
  }

  #isChosen(node: string, host: unknown): boolean {
    if (this.#chosen === undefined) return false;
    return node === this.#chosen || (typeof host === "string" && hostNode(host) === this.#chosen);
  }

  #nodeLook(node: string, data: Record<string, unknown>) {
    if (data.level !== this.#level) return { ...data, hidden: true };
    const isChosen = this.#isChosen(node, data.host);
    const { shown } = this.#content;
    const isBehind = typeof data.host === "string" && shown?.has(data.host) === false;
    const isFaded = (this.#chosen !== undefined && !this.#near.has(node)) || (isBehind && !isChosen);
    const { node: colour, faded } = this.#colours;
    return {
      ...data,
      color: isFaded ? faded : colour,
      label: isFaded ? null : (data.label as string),
      highlighted: false,
      // Among a few there is room for each name.
      forceLabel: data.level === "segments" || isChosen || this.#graph.order <= FEW_LABELS,
      zIndex: isChosen ? 2 : 1,
    };
  }

  #edgeLook(edge: string, data: Record<string, unknown>) {
    if (data.level !== this.#level) return { ...data, hidden: true };
    const isOther =
      this.#chosen !== undefined &&
      !this.#graph
        .extremities(edge)
        .some((node) => this.#isChosen(node, this.#graph.getNodeAttribute(node, "host")));
    if (isOther) return { ...data, hidden: true };
    return { ...data, color: this.#colours.looks[data.look as Look] };
  }

  /** Where units are shown, a host is the room around them. */
  #hostAt({ x, y }: { readonly x: number; readonly y: number }): string | undefined {
    if (this.#level !== "units") return undefined;
    const at = this.#sigma.viewportToGraph({ x, y });
    const host = this.#content.regions
      .flatMap(({ members }) => members)
      .find((member) => Math.hypot(member.x - at.x, member.y - at.y) < HOST_RADIUS);
    return host === undefined ? undefined : hostNode(host.name);
  }

  #draw(): void {
    const here = this.#sigma.graphToViewport({ x: 0, y: 0 });
    const there = this.#sigma.graphToViewport({ x: 1, y: 0 });
    this.#pixels = Math.hypot(there.x - here.x, there.y - here.y) * this.#sigma.getCamera().ratio;
    const size = this.#sigma.getDimensions();
    const toViewport = (place: { readonly x: number; readonly y: number }) =>
      this.#sigma.graphToViewport(place);
    const behind = this.#behind.begin(size);
    const scene = { ...size, regions: this.#content.regions, level: this.#level, toViewport };
    if (behind !== null) drawBackdrop(behind, scene, this.#colours);
    const before = this.#before.begin(size);
    if (before === null) return;
    const { looks, surface } = this.#colours;
    for (const sign of this.#signs)
      drawSign(
        before,
        { ...sign, from: toViewport(sign.from), to: toViewport(sign.to) },
        { colour: looks[sign.look], surface },
      );
  }
}

/** Without a limit on how many there are, which an argument list has. */
function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}
