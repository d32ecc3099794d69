/** How each segment of a policy stands: what it says, who is in it, what their kernels say, what was stopped. Pure. */

import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import type { HostView } from "@bulkhead/server/api/shapes.ts";
import { formatRange } from "@bulkhead/shared/net/range.ts";
import type { Modes, Policy, Segment } from "@bulkhead/shared/policy/policy.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { modeWords } from "../parts/mode.tsx";
import { saidModes } from "./mode-change.ts";

export interface Standing {
  readonly segment: Segment;
  /** By what its members are found. */
  readonly chosenBy: string;
  /** What it says, or the policy for it; undefined where its members have no mode. */
  readonly says: Modes | undefined;
  readonly members: readonly Member[];
  readonly rules: number;
  /** Recorded connections of its members, by verdict. */
  readonly denied: number;
  readonly wouldDeny: number;
}

export interface Member {
  readonly name: string;
  /** What the active version says of it. */
  readonly modes: Modes;
  readonly segments: readonly string[];
  /** What is known of it; undefined of a host without an agent. */
  readonly host: HostView | undefined;
}

export function standings(
  resolved: ResolvedPolicy,
  hosts: readonly HostView[],
  stopped: readonly EdgeView[],
): readonly Standing[] {
  const known = new Map(hosts.map((host) => [host.name, host]));
  const sums = sumsOf(resolved, stopped);
  const rules = rulesOf(resolved.policy);
  return [...resolved.policy.segments.values()].map((segment) => ({
    segment,
    members: membersOf(resolved, segment.name, known),
    chosenBy: chosenBy(segment),
    says: segment.kind === "select" ? saidModes(segment.mode, resolved.policy.mode) : undefined,
    rules: rules.get(segment.name) ?? 0,
    denied: sums.deny.get(segment.name) ?? 0,
    wouldDeny: sums["would-deny"].get(segment.name) ?? 0,
  }));
}

/** Connections by segment; one between two hosts of it is one. Each edge is looked at once, as there may be ten thousand. */
function sumsOf({ inventory }: ResolvedPolicy, stopped: readonly EdgeView[]) {
  const sums = { allow: new Map(), "would-deny": new Map(), deny: new Map() } as Readonly<
    Record<EdgeView["verdict"], Map<string, number>>
  >;
  const segmentsOf = ({ host, segment }: EdgeView["source"]) => [
    ...((host === undefined ? undefined : inventory.hosts.get(host)?.segments) ?? []),
    ...(segment === undefined ? [] : [segment]),
  ];
  for (const { source, destination, verdict, connections } of stopped)
    for (const name of new Set([...segmentsOf(source), ...segmentsOf(destination)]))
      sums[verdict].set(name, (sums[verdict].get(name) ?? 0) + connections);
  return sums;
}

/** How many rules name each segment. */
function rulesOf({ rules }: Policy): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { from, to } of rules) {
    const named = [...from, ...to].flatMap((end) => (end.kind === "segment" ? [end.segment] : []));
    for (const name of new Set(named)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

export function membersOf(
  { inventory }: ResolvedPolicy,
  segment: string,
  hosts: ReadonlyMap<string, HostView>,
): readonly Member[] {
  return inventory
    .members(segment)
    .map(({ name, modes, segments }) => ({ name, modes, segments, host: hosts.get(name) }));
}

/** Hosts that are in no segment: nothing is judged on them. */
export function hostsOutside({ inventory }: ResolvedPolicy): readonly string[] {
  return [...inventory.hosts.values()].flatMap(({ name, segments }) => (segments.length === 0 ? [name] : []));
}

/** How many kernels have which mode, the most first; null stands for those that have not said. */
export function kernelModes(
  members: readonly Member[],
): readonly (readonly [modes: HostView["modes"], hosts: number])[] {
  const groups = Map.groupBy(members, ({ host }) => modeWords(host?.modes ?? null));
  return [...groups.values()]
    .map((group) => [group[0]?.host?.modes ?? null, group.length] as const)
    .sort(([, a], [, b]) => b - a);
}

/** Whether its kernel has another mode than the active version says. */
export function isElsewhere({ modes, host }: Member): boolean {
  return host?.modes != null && modeWords(host.modes) !== modeWords(modes);
}

export function chosenBy(segment: Segment): string {
  switch (segment.kind) {
    case "select":
      return segment.selector.text;
    case "addresses":
      return segment.ranges.map(formatRange).join(", ");
    case "names":
      return segment.names.join(", ");
  }
}
