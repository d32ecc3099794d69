/** Reach in words: segments instead of addresses where they say the same, `all but` where that is shorter. */

import { AddressSet } from "@bulkhead/shared/net/address-set.ts";
import { formatRange } from "@bulkhead/shared/net/range.ts";
import { formatService, type Service, subtractServices } from "@bulkhead/shared/net/service.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { LocalPart } from "@bulkhead/shared/rules/host-policy.ts";
import type { Known } from "./cut.ts";
import { addressesOf, type HostReach } from "./host-reach.ts";

/** A piece of reach as it is shown and as it stands in JSON. */
export interface ReachLine {
  readonly direction: Direction;
  /** Segments, addresses and blocks; `any`; or `any but` these. */
  readonly peers: readonly string[];
  readonly but: boolean;
  readonly services: string;
  readonly unit?: string;
  readonly user?: string;
  /** The local addresses that it is about, where not all. */
  readonly within?: string;
}

/** `known`: the policies whose segments may be named. */
export function reachLine(
  { direction, peers, services, local }: HostReach,
  known: readonly Known[],
): ReachLine {
  return { direction, ...peerWords(peers, known), services: serviceWords(services), ...localWords(local) };
}

function localWords({ unit, user, within }: LocalPart) {
  const place =
    within === undefined || within.kind === "any"
      ? undefined
      : within.kind === "group"
        ? within.group
        : within.block;
  return {
    ...(unit !== undefined && { unit }),
    ...(user !== undefined && { user }),
    ...(place !== undefined && { within: place }),
  };
}

function peerWords(peers: AddressSet, known: readonly Known[]): Pick<ReachLine, "peers" | "but"> {
  const others = AddressSet.everything.difference(peers);
  if (others.isEmpty) return { peers: ["any"], but: false };
  const segments = segmentsOf(known);
  const inside = names(peers, segments);
  const outside = names(others, segments);
  return outside.length < inside.length ? { peers: outside, but: true } : { peers: inside, but: false };
}

/** Segments that lie wholly inside, the largest first, then what they leave over. */
function names(addresses: AddressSet, segments: ReadonlyMap<string, AddressSet>): readonly string[] {
  const found: string[] = [];
  let left = addresses;
  for (const [name, set] of segments) {
    if (left.isEmpty) break;
    if (set.isEmpty || !set.difference(addresses).isEmpty || left.intersect(set).isEmpty) continue;
    found.push(name);
    left = left.difference(set);
  }
  return [...found, ...left.ranges.map(formatRange)];
}

/** A segment that two policies fill differently is no name for either's members. */
function segmentsOf(known: readonly Known[]): ReadonlyMap<string, AddressSet> {
  const groups = known.flatMap((one) =>
    Object.keys(one.policy.groups).map((group) => ({
      group,
      set: addressesOf({ kind: "group", group }, one),
    })),
  );
  const named = [...Map.groupBy(groups, ({ group }) => group)].flatMap(([name, found]) => {
    const [first, ...others] = found.map(({ set }) => set);
    return first !== undefined && others.every((set) => isSame(first, set)) ? [[name, first] as const] : [];
  });
  return new Map(named.sort(([, a], [, b]) => b.ranges.length - a.ranges.length));
}

function isSame(a: AddressSet, b: AddressSet): boolean {
  return a.difference(b).isEmpty && b.difference(a).isEmpty;
}

export function serviceWords(service: Service): string {
  if (service === "all") return "all";
  const said = formatService(service);
  const unsaid = formatService(subtractServices("all", service));
  return unsaid.length < said.length ? `all but ${unsaid.join(", ")}` : said.join(", ");
}
