/** The map as nodes and edges: segments, hosts, and the units of hosts, and what goes between them. Pure. */

import { SERVER_NAME, STRANGERS } from "../flows/flow-words.ts";
import { type Look, severityOf } from "./look.ts";
import { OUTSIDE, type Region } from "./regions.ts";

/** From afar to near. */
export const LEVELS = ["segments", "hosts", "units"] as const;
export type Level = (typeof LEVELS)[number];

/** An end of what was seen, or would be. */
export interface SeenEnd {
  readonly host?: string | undefined;
  readonly segment?: string | undefined;
  readonly unit?: string | undefined;
  /** Where there is no better name, and only one that it could be. */
  readonly address?: string | undefined;
  readonly server?: true | undefined;
}

/** Connections that are alike. */
export interface Seen {
  readonly source: SeenEnd;
  readonly destination: SeenEnd;
  readonly service: string;
  readonly look: Look;
  readonly connections: number;
  readonly bytes: number;
}

export interface Link {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  readonly look: Look;
  readonly connections: number;
  readonly bytes: number;
  readonly services: ReadonlySet<string>;
  readonly level: Level;
  /** By which the flows that it stands for are found; an end without a name that has several addresses is left out. */
  readonly flows: FlowEnds;
}

export interface FlowEnds {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly unit?: string | undefined;
}

export function hostNode(name: string): string {
  return `host ${name}`;
}

export function segmentNode(name: string): string {
  return `segment ${name}`;
}

export function unitNode(host: string, part: string): string {
  return `unit ${part} of ${host}`;
}

/** As the list and the heading call it. */
export function nodeName(node: string): string {
  return node.replace(/^(?:host|segment|unit) /, "");
}

export function levelOf(node: string): Level {
  return node.startsWith("segment ") ? "segments" : node.startsWith("unit ") ? "units" : "hosts";
}

/** As the list calls an end of a link: those without a name by their address, where there is only one. */
export function linkEndName(link: Link, end: "source" | "target"): string {
  const name = nodeName(link[end]);
  const address = end === "source" ? link.flows.from : link.flows.to;
  return name === STRANGERS && address !== undefined ? address : name;
}

/** How an edge's end is called on the map: an address without a host stands with its segment's other addresses. */
export function endOf({ host, segment, server }: SeenEnd): string {
  if (server === true) return SERVER_NAME;
  return host ?? (segment === undefined ? STRANGERS : `addresses of ${segment}`);
}

/** What of a host it was: its unit; where nobody saw that, the service at whom is asked. */
export function partOf({ unit, host }: SeenEnd, service: string | undefined): string {
  if (unit !== undefined) return unit.replace(/\.service$/, "");
  return service ?? (host === undefined ? "somebody" : "a process");
}

/** Edges between hosts and edges between segments, one for each pair and look. What begins and ends in one segment has no edge there. */
export function linksOf(all: readonly Seen[], regions: readonly Region[]): readonly Link[] {
  const segmentOf = new Map(
    regions.flatMap(({ segment, members }) => members.map(({ name }) => [name, segment])),
  );
  const links = new Links();
  for (const seen of all) {
    const [source, target] = [endOf(seen.source), endOf(seen.destination)];
    const flows = { from: filterOf(seen.source), to: filterOf(seen.destination) };
    if (source !== target) links.add("hosts", [hostNode(source), hostNode(target)], seen, flows);
    const [from, to] = [segmentOf.get(source) ?? OUTSIDE, segmentOf.get(target) ?? OUTSIDE];
    const between = { from: from === OUTSIDE ? undefined : from, to: to === OUTSIDE ? undefined : to };
    if (from !== to) links.add("segments", [segmentNode(from), segmentNode(to)], seen, between);
  }
  return links.inOrder();
}

/** Edges between units of hosts. */
export function unitLinksOf(all: readonly Seen[]): readonly Link[] {
  const links = new Links();
  for (const seen of all) {
    const { source, destination, service } = seen;
    const from = unitNode(endOf(source), partOf(source, undefined));
    const to = unitNode(endOf(destination), partOf(destination, service));
    const unit = source.unit ?? destination.unit;
    if (from === to) continue;
    links.add("units", [from, to], seen, { from: filterOf(source), to: filterOf(destination), unit });
  }
  return links.inOrder();
}

function filterOf({ host, segment, address }: SeenEnd): string | undefined {
  return host ?? segment ?? address;
}

/** What finds the flows of both. */
function bothOf(a: FlowEnds, b: FlowEnds): FlowEnds {
  return { from: same(a.from, b.from), to: same(a.to, b.to), unit: same(a.unit, b.unit) };
}

function same(a: string | undefined, b: string | undefined): string | undefined {
  return a === b ? a : undefined;
}

class Links {
  readonly #links = new Map<string, Link & { services: Set<string> }>();

  add(
    level: Level,
    [source, target]: readonly [source: string, target: string],
    { look, service, connections, bytes }: Seen,
    flows: FlowEnds,
  ): void {
    const key = `${source}|${target}|${look}`;
    const before = this.#links.get(key);
    const services = before?.services ?? new Set<string>();
    services.add(service);
    this.#links.set(key, {
      ...{ key, source, target, level, services, look },
      flows: before === undefined ? flows : bothOf(before.flows, flows),
      connections: (before?.connections ?? 0) + connections,
      bytes: (before?.bytes ?? 0) + bytes,
    });
  }

  inOrder(): readonly Link[] {
    return [...this.#links.values()].sort((a, b) => severityOf(a.look) - severityOf(b.look));
  }
}
