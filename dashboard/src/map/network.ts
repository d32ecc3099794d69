/** The map as nodes and edges: segments and hosts, and what was seen between them. Pure. */

import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import type { Verdict } from "../parts/verdict.tsx";
import { OUTSIDE, type Region } from "./regions.ts";

export type Level = "segments" | "hosts";

export interface Link {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  /** The worst of what it stands for. */
  readonly verdict: Verdict;
  readonly connections: number;
  readonly bytes: number;
  readonly services: ReadonlySet<string>;
  readonly level: Level;
}

const SEVERITY: Readonly<Record<Verdict, number>> = { allow: 0, "would-deny": 1, deny: 2 };

export function hostNode(name: string): string {
  return `host ${name}`;
}

export function segmentNode(name: string): string {
  return `segment ${name}`;
}

/** Those whom nobody has a name for. */
export const STRANGERS = "unnamed addresses";

/** Edges between hosts and edges between segments, one for each pair and verdict. What begins and ends in one segment has no edge there. */
export function linksOf(edges: readonly EdgeView[], regions: readonly Region[]): readonly Link[] {
  const segmentOf = new Map(
    regions.flatMap(({ segment, members }) => members.map(({ name }) => [name, segment])),
  );
  const links = new Map<string, Link & { services: Set<string> }>();
  const add = (level: Level, source: string, target: string, edge: EdgeView) => {
    const key = `${source}|${target}|${edge.verdict}`;
    const before = links.get(key);
    const services = before?.services ?? new Set<string>();
    services.add(edge.service);
    links.set(key, {
      ...{ key, source, target, level, services, verdict: edge.verdict },
      connections: (before?.connections ?? 0) + edge.connections,
      bytes: (before?.bytes ?? 0) + edge.bytes,
    });
  };
  for (const edge of edges) {
    const [source, target] = [endOf(edge.source), endOf(edge.destination)];
    if (source !== target) add("hosts", hostNode(source), hostNode(target), edge);
    const [from, to] = [segmentOf.get(source) ?? OUTSIDE, segmentOf.get(target) ?? OUTSIDE];
    if (from !== to) add("segments", segmentNode(from), segmentNode(to), edge);
  }
  return [...links.values()].sort((a, b) => SEVERITY[a.verdict] - SEVERITY[b.verdict]);
}

/** How an edge's end is called on the map: an address without a host stands with its segment's other addresses. */
export function endOf({ host, segment }: EdgeView["source"]): string {
  return host ?? (segment === undefined ? STRANGERS : `addresses of ${segment}`);
}
