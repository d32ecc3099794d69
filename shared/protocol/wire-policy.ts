/** A host's policy as it travels: without the members of its groups of hosts, which travel once for all who name them. */

import { z } from "zod";
import type { Group, HostPolicy } from "../rules/host-policy.ts";
import { WIRE } from "./limits.ts";
import { address, digest, direction, modes, ruleRef, word } from "./shapes.ts";

const same = z.record(word, word);
const addressesOf = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("any") }),
  z.strictObject({ kind: z.literal("group"), group: word }),
  z.strictObject({ kind: z.literal("block"), block: word }),
]);
const serviceTerm = z.strictObject({
  protocol: z.number().int().min(0).max(255),
  low: z.number().int().min(0).max(65_535),
  high: z.number().int().min(0).max(65_535),
});
const local = z.strictObject({
  within: addressesOf.optional(),
  unit: word.optional(),
  user: word.optional(),
});

const hostRule = z.strictObject({
  direction,
  action: z.enum(["allow", "deny"]),
  rule: ruleRef,
  service: z.union([z.literal("all"), z.array(serviceTerm).max(65_536)]),
  local,
  peers: z.array(addressesOf).max(WIRE.groups),
  expires: z.number().int().optional(),
});

const groupRef = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("hosts"), segment: word, same, digest }),
  z.strictObject({ kind: z.literal("blocks"), segment: word, blocks: z.array(word).max(WIRE.members) }),
  z.strictObject({ kind: z.literal("names"), segment: word, names: z.array(word).max(WIRE.members) }),
]);

/** `HostPolicy` with each group of hosts replaced by the digest of its members. */
export const wirePolicy = z.strictObject({
  formatVersion: z.literal(1),
  host: word,
  addresses: z.array(address).max(WIRE.addresses),
  modes,
  groups: z.record(word, groupRef),
  rules: z.array(hostRule).max(WIRE.rules),
});

export type WirePolicy = z.infer<typeof wirePolicy>;
export type GroupRef = z.infer<typeof groupRef>;

/** @param digestOf the digest of the members of a group of hosts, by its id. */
export function toWire(
  { formatVersion, host, addresses, modes, groups, rules }: HostPolicy,
  digestOf: (group: string) => string,
): WirePolicy {
  const refs = Object.entries(groups).map(([id, group]): [string, GroupRef] => {
    if (group.kind === "hosts") {
      const { kind, segment, same } = group;
      return [id, { kind, segment, same, digest: digestOf(id) }];
    }
    if (group.kind === "blocks") return [id, { ...group, blocks: [...group.blocks] }];
    return [id, { ...group, names: [...group.names] }];
  });
  // The parts are the resolver's own, which nobody changes.
  return {
    formatVersion,
    host,
    addresses: [...addresses],
    modes,
    groups: Object.fromEntries(refs),
    rules: rules as WirePolicy["rules"],
  };
}

/** @param membersOf the members of a group of hosts, sorted as `HostsGroup` has them. */
export function fromWire(wire: WirePolicy, membersOf: (group: string) => readonly string[]): HostPolicy {
  const groups: Record<string, Group> = {};
  for (const [id, ref] of Object.entries(wire.groups))
    groups[id] =
      ref.kind === "hosts"
        ? { kind: "hosts", segment: ref.segment, same: ref.same, members: membersOf(id) }
        : ref;
  return { ...wire, groups, rules: wire.rules.map(withoutAbsent) } as HostPolicy;
}

/** What JSON had no word for shall not be there either: equal policies are equal objects. */
function withoutAbsent(rule: WirePolicy["rules"][number]): object {
  return JSON.parse(JSON.stringify(rule));
}
