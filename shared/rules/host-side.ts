/** What one host must enforce, as one side: flows are judged on this host only. */

import { AddressSet } from "../net/address-set.ts";
import { type AddressRange, parseRange } from "../net/range.ts";
import { partLabel } from "./groups.ts";
import type { AddressesOf, Group, HostPolicy } from "./host-policy.ts";
import { byWidth, setOf } from "./nouns.ts";
import type { Noun, Nouns, Point, Side } from "./side.ts";

/** @param now milliseconds since 1970-01-01T00:00Z; without it no rule has expired. */
export function hostSide(policy: HostPolicy, now: number | undefined): Side {
  const own = new Set(policy.addresses);
  return {
    now,
    policyAt: (address) => (own.has(address) ? policy : undefined),
    blocks: blocksIn(policy),
    points: pointsOf(policy),
    names: namesIn(policy),
    nouns: nounsOf(policy),
  };
}

/** The same host without any policy: everything passes. */
export function openSide(side: Side): Side {
  return { ...side, policyAt: () => undefined };
}

function pointsOf({ host, addresses, groups }: HostPolicy): readonly Point[] {
  const own = addresses.map((address) => ({ address, owner: host, signature: "own" }));
  const memberships = new Map<string, string[]>();
  for (const [id, group] of Object.entries(groups))
    if (group.kind === "hosts")
      for (const member of group.members) memberships.getOrInsertComputed(member, () => []).push(id);
  for (const address of addresses) memberships.delete(address);
  const others = Array.from(memberships, ([address, ids]) => ({
    address,
    owner: undefined,
    signature: JSON.stringify(ids),
  }));
  return [...own, ...others];
}

function blocksIn({ groups, rules }: HostPolicy): readonly Noun[] {
  const named = Object.values(groups).filter(({ kind }) => kind === "blocks");
  const ends = rules.flatMap(({ local, peers }) => [
    ...peers,
    ...(local.within === undefined ? [] : [local.within]),
  ]);
  const literal = new Set(ends.flatMap((end: AddressesOf) => (end.kind === "block" ? end.block : [])));
  return [...named.map(groupNoun), ...Array.from(literal, (block) => blockNoun(block))];
}

function namesIn({ groups }: HostPolicy): ReadonlyMap<string, string> {
  const holders = new Map<string, string[]>();
  for (const [id, group] of Object.entries(groups))
    if (group.kind === "names")
      for (const name of group.names) holders.getOrInsertComputed(name, () => []).push(id);
  return new Map(Array.from(holders, ([name, ids]) => [name, JSON.stringify(ids)]));
}

function nounsOf(policy: HostPolicy): Nouns {
  const groups = Object.values(policy.groups).map(groupNoun);
  const blocks = blocksIn(policy).filter(({ addresses }) =>
    addresses.ranges.some(({ first, last }) => first < last),
  );
  const host: Noun = { label: policy.host, addresses: setOf(policy.addresses), names: new Set() };
  const sets = [host, ...groups.sort(byWidth), ...[...blocks].sort(byWidth)];
  return { sets: sets.filter(({ addresses, names }) => !addresses.isEmpty || names.size > 0), hosts: [] };
}

function groupNoun(group: Group): Noun {
  const label = group.segment;
  switch (group.kind) {
    case "hosts":
      return {
        label: partLabel(group.segment, Object.entries(group.same)),
        addresses: setOf(group.members),
        names: new Set(),
      };
    case "blocks":
      return { label, addresses: AddressSet.of(group.blocks.flatMap(rangeOf)), names: new Set() };
    case "names":
      return { label, addresses: AddressSet.empty, names: new Set(group.names) };
  }
}

function blockNoun(block: string): Noun {
  return { label: block, addresses: AddressSet.of(rangeOf(block)), names: new Set() };
}

function rangeOf(block: string): readonly AddressRange[] {
  const range = parseRange(block);
  return "problem" in range ? [] : [range];
}
