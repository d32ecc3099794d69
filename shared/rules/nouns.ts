import { parseAddress } from "../net/address.ts";
import { AddressSet } from "../net/address-set.ts";
import { formatRange, single } from "../net/range.ts";
import { ANY_HOST, type Policy, type Segment } from "../policy/policy.ts";
import type { HostRecord, Inventory } from "../segments/inventory.ts";
import { partLabel, partsOf } from "./groups.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import type { Noun, Nouns } from "./side.ts";

/** What has a name in a policy: segments, `any-host` among them, the blocks that rules name, and hosts. */
export function nounsOf({ policy, inventory }: ResolvedPolicy): Nouns {
  const hosts = [...inventory.hosts.values()];
  const segments = [...policy.segments.values()].map((segment) => segmentNoun(segment, inventory));
  const sets = [
    { label: ANY_HOST, ...hostsNoun(hosts) },
    ...[...segments, ...partNouns(policy, inventory)].sort(byWidth),
    ...namedBlocks(policy).filter(isNoAddress).sort(byWidth),
  ];
  return {
    sets: sets.filter(({ addresses, names }) => !addresses.isEmpty || names.size > 0),
    hosts: hosts.map((host) => ({ label: host.name, ...hostsNoun([host]) })),
  };
}

/** The blocks that rules name by themselves, as they are written. */
export function namedBlocks(policy: Policy): Noun[] {
  const ranges = policy.rules
    .flatMap(({ from, to }) => [...from, ...to])
    .flatMap((end) => (end.kind === "addresses" ? end.range : []));
  const labelled = new Map(ranges.map((range) => [formatRange(range), range]));
  return Array.from(labelled, ([label, range]) => ({
    label,
    addresses: AddressSet.of([range]),
    names: new Set<string>(),
  }));
}

/** The parts of segments that rules with `same` tell apart. */
function partNouns({ rules }: Policy, inventory: Inventory): readonly Noun[] {
  const asked = rules.flatMap(({ same, from, to }) =>
    [...from, ...to].flatMap((end) =>
      same.length > 0 && end.kind === "segment" ? { segment: end.segment, labels: [...same].sort() } : [],
    ),
  );
  const distinct = new Map(asked.map((one) => [JSON.stringify(one), one]));
  return [...distinct.values()].flatMap(({ segment, labels }) =>
    Array.from(partsOf(inventory.members(segment), labels).values(), (part) => ({
      label: partLabel(segment, part.same),
      ...hostsNoun(part.hosts),
    })),
  );
}

export function segmentNoun(segment: Segment, inventory: Inventory): Noun {
  const label = segment.name;
  switch (segment.kind) {
    case "select":
      return { label, ...hostsNoun(inventory.members(segment.name)) };
    case "addresses":
      return { label, addresses: AddressSet.of(segment.ranges), names: new Set() };
    case "names":
      return { label, addresses: AddressSet.empty, names: new Set(segment.names) };
  }
}

function hostsNoun(hosts: readonly HostRecord[]) {
  return { addresses: setOf(hosts.flatMap((host) => host.addresses)), names: new Set<string>() };
}

/** A set of single addresses; a text that is none is left out. */
export function setOf(texts: readonly string[]): AddressSet {
  return AddressSet.of(texts.flatMap((text) => parseAddress(text) ?? []).map(single));
}

function isNoAddress({ addresses }: Noun): boolean {
  return addresses.ranges.some(({ first, last }) => first < last);
}

/** The one that holds more first; by name where that is equal, so that answers are repeatable. */
export function byWidth(a: Noun, b: Noun): number {
  const difference = widthOf(b) - widthOf(a);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return a.label < b.label ? -1 : a.label > b.label ? 1 : 0;
}

function widthOf({ addresses, names }: Noun): bigint {
  return addresses.ranges.reduce((sum, { first, last }) => sum + last - first + 1n, BigInt(names.size));
}
