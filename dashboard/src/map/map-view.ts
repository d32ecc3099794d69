/** The map on its canvases: sigma draws hosts and edges with WebGL, a canvas behind it the regions. The rest of the page knows nothing of either. */

import Graph from "graphology";
import Sigma from "sigma";
import type { Verdict } from "../parts/verdict.tsx";
import { hostNode, type Level, type Link, segmentNode } from "./network.ts";
import type { Region } from "./regions.ts";

export interface MapColours {
  readonly text: string;
  readonly dim: string;
  readonly ground: string;
  readonly line: string;
  readonly node: string;
  readonly faded: string;
  readonly verdicts: Readonly<Record<Verdict, string>>;
}

/** Up to so many hosts they are shown from the beginning. */
const FEW_HOSTS = 60;
/** Closer than that, hosts are shown instead of segments. */
const HOSTS_BELOW_RATIO = 0.45;

/** Beyond that they would cover each other. */
const MOST_SIGNS = 400;

interface Sign {
  readonly verdict: Verdict;
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
}

export class MapView {
  readonly #graph = new Graph({ multi: true, type: "directed" });
  readonly #sigma: Sigma;
  readonly #behind: HTMLCanvasElement;
  readonly #colours: MapColours;
  #regions: readonly Region[] = [];
  #level: Level = "hosts";
  #chosen: string | undefined;
  #near: ReadonlySet<string> = new Set();
  /** Of what is shown now; looked for once, as they are drawn with every frame. */
  #signs: readonly Sign[] = [];

  constructor(place: HTMLElement, colours: MapColours, onChoose: (node: string | undefined) => void) {
    this.#colours = colours;
    this.#behind = document.createElement("canvas");
    this.#behind.className = "map-behind";
    place.append(this.#behind);
    this.#sigma = new Sigma(this.#graph, place, {
      allowInvalidContainer: true,
      defaultEdgeType: "arrow",
      labelColor: { color: colours.text },
      labelFont: getComputedStyle(place).fontFamily,
      labelSize: 12,
      labelDensity: 0.5,
      labelRenderedSizeThreshold: 5,
      zIndex: true,
      hideEdgesOnMove: false,
      minCameraRatio: 0.02,
      maxCameraRatio: 3,
      stagePadding: 40,
      nodeReducer: (node, data) => this.#nodeLook(node, data),
      edgeReducer: (edge, data) => this.#edgeLook(edge, data),
    });
    this.#sigma.on("clickNode", ({ node }) => onChoose(node));
    this.#sigma.on("clickStage", () => onChoose(undefined));
    this.#sigma.on("doubleClickNode", (event) => {
      event.preventSigmaDefault();
      this.show(event.node);
    });
    this.#sigma.on("afterRender", () => this.#drawRegions());
    this.#sigma.getCamera().on("updated", () => this.#setLevel());
  }

  get level(): Level {
    return this.#level;
  }

  /** Nodes keep their places; only edges are new. */
  update(regions: readonly Region[], links: readonly Link[]): void {
    const isMoved = regions !== this.#regions;
    this.#regions = regions;
    if (isMoved) this.#setNodes(regions);
    this.#graph.clearEdges();
    const largest = most([1, ...links.map(({ bytes }) => bytes)]);
    for (const { key, source, target, verdict, bytes, level } of links) {
      if (!this.#graph.hasNode(source) || !this.#graph.hasNode(target)) continue;
      const size = 1 + 3.5 * Math.sqrt(bytes / largest);
      const zIndex = verdict === "deny" ? 2 : verdict === "would-deny" ? 1 : 0;
      this.#graph.addDirectedEdgeWithKey(key, source, target, { verdict, level, size, zIndex });
    }
    this.#setLevel(true);
  }

  choose(node: string | undefined): void {
    this.#chosen = node !== undefined && this.#graph.hasNode(node) ? node : undefined;
    this.#near = new Set(this.#chosen === undefined ? [] : this.#graph.neighbors(this.#chosen));
    this.#sigma.refresh({ skipIndexation: true });
  }

  /** Brings a node near. */
  show(node: string): void {
    const place = this.#sigma.getNodeDisplayData(node);
    if (place === undefined) return;
    const ratio = Math.min(this.#sigma.getCamera().ratio, HOSTS_BELOW_RATIO * 0.8);
    void this.#sigma.getCamera().animate({ x: place.x, y: place.y, ratio }, { duration: 250 });
  }

  zoom(direction: "in" | "out" | "all"): void {
    const camera = this.#sigma.getCamera();
    if (direction === "in") void camera.animatedZoom({ duration: 150 });
    else if (direction === "out") void camera.animatedUnzoom({ duration: 150 });
    else void camera.animatedReset({ duration: 200 });
  }

  close(): void {
    this.#sigma.kill();
    this.#behind.remove();
  }

  #setNodes(regions: readonly Region[]): void {
    this.#graph.clear();
    for (const { segment, x, y, radius, members } of regions) {
      this.#graph.addNode(segmentNode(segment), {
        ...{ x, y, label: segment, level: "segments", size: 8 + 3 * Math.sqrt(radius) },
      });
      for (const { name, x, y } of members)
        this.#graph.addNode(hostNode(name), { x, y, label: name, level: "hosts", size: 5 });
    }
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
    const hosts = this.#regions.reduce((sum, { members }) => sum + members.length, 0);
    const isNear = this.#sigma.getCamera().ratio < HOSTS_BELOW_RATIO;
    const level: Level = hosts <= FEW_HOSTS || isNear ? "hosts" : "segments";
    if (level === this.#level && !isChanged) return;
    this.#level = level;
    this.#signs = this.#signsOf(level);
    this.#sigma.refresh();
  }

  #signsOf(level: Level): readonly Sign[] {
    const stopped = this.#graph.filterEdges(
      (_edge, data) => data.verdict !== "allow" && data.level === level,
    );
    if (stopped.length > MOST_SIGNS) return [];
    return stopped.map((edge) => {
      const place = (node: string) => {
        const { x, y } = this.#graph.getNodeAttributes(node);
        return { x, y };
      };
      return {
        verdict: this.#graph.getEdgeAttribute(edge, "verdict"),
        from: place(this.#graph.source(edge)),
        to: place(this.#graph.target(edge)),
      };
    });
  }

  #nodeLook(node: string, data: Record<string, unknown>) {
    if (data.level !== this.#level) return { ...data, hidden: true };
    const isFaded = this.#chosen !== undefined && node !== this.#chosen && !this.#near.has(node);
    const { node: colour, faded } = this.#colours;
    return {
      ...data,
      color: isFaded ? faded : colour,
      label: isFaded ? null : (data.label as string),
      highlighted: false,
      forceLabel: data.level === "segments" || node === this.#chosen,
      zIndex: node === this.#chosen ? 2 : 1,
    };
  }

  #edgeLook(edge: string, data: Record<string, unknown>) {
    if (data.level !== this.#level) return { ...data, hidden: true };
    const isOther = this.#chosen !== undefined && !this.#graph.extremities(edge).includes(this.#chosen);
    if (isOther) return { ...data, hidden: true };
    return { ...data, color: this.#colours.verdicts[data.verdict as Verdict] };
  }

  #drawRegions(): void {
    const { width, height } = this.#sigma.getDimensions();
    const scale = devicePixelRatio;
    const canvas = this.#behind;
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale;
      canvas.height = height * scale;
    }
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = `600 12px ${getComputedStyle(canvas).fontFamily}`;
    context.textAlign = "center";
    for (const { segment, x, y, radius } of this.#regions) {
      const centre = this.#sigma.graphToViewport({ x, y });
      const edge = this.#sigma.graphToViewport({ x: x + radius, y });
      const size = Math.hypot(edge.x - centre.x, edge.y - centre.y);
      if (centre.x + size < 0 || centre.y + size < 0 || centre.x - size > width || centre.y - size > height)
        continue;
      context.beginPath();
      context.arc(centre.x, centre.y, size, 0, 2 * Math.PI);
      context.fillStyle = this.#colours.ground;
      context.fill();
      context.strokeStyle = this.#colours.line;
      context.stroke();
      if (this.#level !== "hosts") continue;
      context.fillStyle = this.#colours.dim;
      context.fillText(segment, centre.x, centre.y - size - 5);
    }
    this.#drawSigns(context);
  }

  /** Beside its colour, a stopped edge bears a cross and one that would be stopped a triangle, as long as they can be told apart. */
  #drawSigns(context: CanvasRenderingContext2D): void {
    context.lineWidth = 2;
    for (const { verdict, from, to } of this.#signs) {
      const a = this.#sigma.graphToViewport({ x: from.x, y: from.y });
      const b = this.#sigma.graphToViewport({ x: to.x, y: to.y });
      const [x, y] = [a.x + (b.x - a.x) * 0.62, a.y + (b.y - a.y) * 0.62];
      context.strokeStyle = this.#colours.verdicts[verdict];
      context.beginPath();
      if (verdict === "deny") {
        context.moveTo(x - 5, y - 5);
        context.lineTo(x + 5, y + 5);
        context.moveTo(x + 5, y - 5);
        context.lineTo(x - 5, y + 5);
      } else {
        context.moveTo(x, y - 6);
        context.lineTo(x + 6, y + 5);
        context.lineTo(x - 6, y + 5);
        context.closePath();
      }
      context.stroke();
    }
    context.lineWidth = 1;
  }
}

/** Without a limit on how many there are, which an argument list has. */
function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}
