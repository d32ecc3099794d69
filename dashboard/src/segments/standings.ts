/** How each segment of a policy stands: what it says, who is in it, what their kernels say, what was stopped. Pure. */

import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import type { HostView } from "@bulkhead/server/api/shapes.ts";
import { formatRange } from "@bulkhead/shared/net/range.ts";
import type { Modes, Segment } from "@bulkhead/shared/policy/policy.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { modeWords } from "../parts/mode.tsx";
import { namingsOf } from "./membership.ts";
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
  return [...resolved.policy.segments.values()].map((segment) => {
    const members = membersOf(resolved, segment.name, known);
    const names = new Set(members.map(({ name }) => name));
    const own = stopped.filter(({ source, destination }) =>
      [source, destination].some(
        (end) => end.segment === segment.name || (end.host !== undefined && names.has(end.host)),
      ),
    );
    const sum = (verdict: EdgeView["verdict"]) =>
      own.reduce((all, edge) => all + (edge.verdict === verdict ? edge.connections : 0), 0);
    return {
      ...{ segment, members, chosenBy: chosenBy(segment) },
      says: segment.kind === "select" ? saidModes(segment.mode, resolved.policy.mode) : undefined,
      rules: namingsOf(resolved.policy, segment.name).filter(({ what }) => what === "rule").length,
      denied: sum("deny"),
      wouldDeny: sum("would-deny"),
    };
  });
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
