/** What the map is drawn from: what was recorded, filtered, or what a plan says of it. Pure. */

import type { EdgeView } from "@bulkhead/server/api/flow-shapes.ts";
import type { ForetoldView, PlanView } from "@bulkhead/server/api/plan-shapes.ts";
import type { HostView } from "@bulkhead/server/api/shapes.ts";
import { parseSelector } from "@bulkhead/shared/policy/selector.ts";
import { selects } from "@bulkhead/shared/segments/selector.ts";
import type { Change } from "./look.ts";
import type { Seen } from "./network.ts";

export interface MapFilter {
  /** Names of hosts at one of the ends; undefined for all. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** Only what was not seen before. */
  readonly since: number | undefined;
}

/** The hosts that a selector as the policy has it chooses; what is wrong with it, in words, where it is none. */
export function hostsLabelled(
  text: string,
  hosts: readonly HostView[],
): { readonly names: ReadonlySet<string> } | { readonly problem: string } {
  const parsed = parseSelector(text);
  if (!("selector" in parsed)) return { problem: parsed.problem };
  const chosen = hosts.filter(({ name, labels }) => selects(parsed.selector, { ...labels, host: name }));
  return { names: new Set(chosen.map(({ name }) => name)) };
}

export function seenOf(edges: readonly EdgeView[], { hosts, since }: MapFilter): readonly Seen[] {
  const isOf = ({ host }: EdgeView["source"]) => host !== undefined && hosts?.has(host) === true;
  return edges
    .filter(
      ({ source, destination, start }) =>
        (hosts === undefined || isOf(source) || isOf(destination)) && (since === undefined || start >= since),
    )
    .map((edge) => ({ ...edge, look: edge.verdict }));
}

/** What stays as it is, and above it what a draft would change. */
export function foreseenOf(
  edges: readonly EdgeView[],
  { flows }: PlanView,
  filter: MapFilter,
): readonly Seen[] {
  const isOf = ({ host }: ForetoldView["source"]) =>
    filter.hosts === undefined || (host !== undefined && filter.hosts.has(host));
  const changed = (look: Change, list: readonly ForetoldView[]) =>
    list
      .filter(({ source, destination }) => isOf(source) || isOf(destination))
      .map(({ source, destination, service, connections }) => ({
        ...{ source, destination, service, look, connections, bytes: 0 },
      }));
  return [
    ...seenOf(edges, filter).map((seen) => ({ ...seen, look: "as-before" as const })),
    ...changed("opens", flows.opens.list),
    ...changed("would-break", flows.wouldDeny.list),
    ...changed("breaks", flows.breaks.list),
  ];
}
