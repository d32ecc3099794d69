import { compareAddresses, parseAddress } from "../net/address.ts";
import { formatRange } from "../net/range.ts";
import { labelOf } from "../policy/labels.ts";
import { ANY_HOST, type Policy } from "../policy/policy.ts";
import type { HostRecord, Inventory } from "../segments/inventory.ts";
import type { Group } from "./host-policy.ts";
import { Membership } from "./membership.ts";

/** The values that the members of a group share, in the order of the rule's `same`; empty for a whole segment. */
export type SameValues = readonly (readonly [label: string, value: string])[];

/** Gives groups their ids. */
export interface GroupNames {
  /** The id of a segment, or of its part with these values: `web`, or `web[env=prod]`. Never `any`, which is no group. */
  idOf(segment: string, same: SameValues): string;
}

/** Groups by their ids. */
export interface Groups extends GroupNames {
  /** @param id as `idOf` gave it. */
  group(id: string): Group;
}

/** Makes each group of a policy once, so that all hosts that name it share one object. */
export class GroupBook implements Groups {
  readonly #policy: Policy;
  readonly #inventory: Inventory;
  readonly #groups = new Map<string, Group>();
  /** Of all groups that were made so far. */
  readonly membership = new Membership();
  /** segment and labels -> values -> members; made in one pass for all values. */
  readonly #parts = new Map<string, ReadonlyMap<string, Part>>();
  /** Every managed address -> its place among all, so that members are sorted by comparing small numbers. */
  readonly #ranks: ReadonlyMap<string, number>;

  constructor(policy: Policy, inventory: Inventory) {
    this.#policy = policy;
    this.#inventory = inventory;
    this.#ranks = rankAddresses(inventory);
  }

  idOf(segment: string, same: SameValues): string {
    const id = groupId(segment, same);
    if (!this.#groups.has(id)) {
      const group = this.#make(segment, same);
      this.#groups.set(id, group);
      this.membership.add(group);
    }
    return id;
  }

  group(id: string): Group {
    const group = this.#groups.get(id);
    if (group === undefined) throw new RangeError(`no group '${id}' was made`);
    return group;
  }

  #make(segment: string, same: SameValues): Group {
    return makeGroup(this.#policy, segment, same, () => this.#addressesOf(this.#membersOf(segment, same)));
  }

  #membersOf(segment: string, same: SameValues): readonly HostRecord[] {
    if (same.length === 0) return this.#inventory.members(segment);
    const labels = same.map(([label]) => label);
    const key = JSON.stringify([segment, ...labels]);
    const parts = this.#parts.getOrInsertComputed(key, () =>
      partsOf(this.#inventory.members(segment), labels),
    );
    return parts.get(partKey(same))?.hosts ?? [];
  }

  #addressesOf(hosts: readonly HostRecord[]): readonly string[] {
    const addresses = [...new Set(hosts.flatMap((host) => host.addresses))];
    return addresses.sort((a, b) => (this.#ranks.get(a) ?? 0) - (this.#ranks.get(b) ?? 0));
  }
}

/** @param members asked for where it is a group of hosts. */
export function makeGroup(
  policy: Policy,
  segment: string,
  same: SameValues,
  members: () => readonly string[],
): Group {
  const definition = policy.segments.get(segment);
  switch (segment === ANY_HOST ? "select" : definition?.kind) {
    case "addresses":
      return { kind: "blocks", segment, blocks: blocksOf(policy, segment) };
    case "names":
      return { kind: "names", segment, names: namesOf(policy, segment) };
    default:
      return { kind: "hosts", segment, same: Object.fromEntries(same), members: members() };
  }
}

/** The host's values of these labels; undefined where it lacks one, and then it matches nothing. */
export function sameValues(host: HostRecord, labels: readonly string[]): SameValues | undefined {
  const values: (readonly [string, string])[] = [];
  for (const label of labels) {
    const value = labelOf(host.labels, label);
    if (value === undefined) return undefined;
    values.push([label, value]);
  }
  return values;
}

/** A segment may have nearly any name; one that could be taken for a group with values is quoted. */
export function groupId(segment: string, same: SameValues): string {
  const name = /[["]/.test(segment) ? JSON.stringify(segment) : segment;
  if (same.length === 0) return name;
  return `${name}[${same.map(([label, value]) => `${label}=${plain(value)}`).join(",")}]`;
}

/** A value that could be taken for a piece of the id is quoted, so that two groups never share one. */
function plain(value: string): string {
  return /^[\w./-]*$/.test(value) ? value : JSON.stringify(value);
}

function partKey(same: SameValues): string {
  return JSON.stringify(same.map(([, value]) => value));
}

/** Hosts of a segment that share the values of some labels. */
export interface Part {
  readonly same: SameValues;
  readonly hosts: readonly HostRecord[];
}

/** The hosts that carry all of the labels, by their values. */
export function partsOf(hosts: readonly HostRecord[], labels: readonly string[]): ReadonlyMap<string, Part> {
  const parts = new Map<string, { same: SameValues; hosts: HostRecord[] }>();
  for (const host of hosts) {
    const same = sameValues(host, labels);
    if (same === undefined) continue;
    parts.getOrInsertComputed(partKey(same), () => ({ same, hosts: [] })).hosts.push(host);
  }
  return parts;
}

/** A segment's part in words. */
export function partLabel(segment: string, same: SameValues): string {
  if (same.length === 0) return segment;
  return `${segment} (${same.map(([label, value]) => `${label}=${value}`).join(", ")})`;
}

function rankAddresses(inventory: Inventory): ReadonlyMap<string, number> {
  const addresses = [...inventory.hosts.values()]
    .flatMap((host) => host.addresses)
    .flatMap((text) => {
      const address = parseAddress(text);
      return address === undefined ? [] : { text, address };
    })
    .sort((a, b) => compareAddresses(a.address, b.address));
  return new Map(addresses.map(({ text }, rank) => [text, rank]));
}

function blocksOf(policy: Policy, segment: string): readonly string[] {
  const definition = policy.segments.get(segment);
  return definition?.kind === "addresses" ? definition.ranges.map(formatRange) : [];
}

function namesOf(policy: Policy, segment: string): readonly string[] {
  const definition = policy.segments.get(segment);
  return definition?.kind === "names" ? definition.names : [];
}
