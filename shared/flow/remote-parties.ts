/** What the policy calls the other end of a flow. */

import { parseAddress } from "../net/address.ts";
import { AddressSet } from "../net/address-set.ts";
import { parseRange } from "../net/range.ts";
import { BlockMap } from "../rules/block-map.ts";
import type { Group, HostPolicy } from "../rules/host-policy.ts";
import type { RemoteParty } from "./record.ts";

export interface KnownNames {
  /** Address -> name of the host. */
  readonly hostNames: Readonly<Record<string, string>>;
  /** DNS name -> its addresses. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** Finds the host and the segment of an address: single addresses at once, blocks by search. */
export class RemoteParties {
  readonly #hosts: ReadonlyMap<string, string>;
  /** Address -> DNS names that resolve to it. */
  readonly #dnsNames = new Map<string, string[]>();
  readonly #segments = new Map<string, string>();
  readonly #blocks: BlockMap;
  /** By position in `#blocks`. */
  readonly #blockSegments: readonly string[];

  constructor(groups: HostPolicy["groups"], { hostNames, names }: KnownNames) {
    this.#hosts = new Map(Object.entries(hostNames));
    for (const [name, addresses] of Object.entries(names))
      for (const address of addresses) this.#dnsNames.getOrInsertComputed(address, () => []).push(name);
    const all = Object.values(groups);
    for (const group of all)
      for (const address of singleAddresses(group, names)) this.#join(address, group.segment);
    const blocks = all.filter((group) => group.kind === "blocks");
    this.#blocks = new BlockMap(blocks.map(({ blocks }) => addressesOf(blocks)));
    this.#blockSegments = blocks.map(({ segment }) => segment);
  }

  /** @param address canonical text. */
  partyOf(address: string): RemoteParty {
    const host = this.#hosts.get(address);
    const segment = first(this.#segments.get(address), this.#segmentOfBlock(address));
    return { address, ...(host !== undefined && { host }), ...(segment !== undefined && { segment }) };
  }

  /** DNS names that resolve to the address. */
  dnsNamesOf(address: string): readonly string[] {
    return this.#dnsNames.get(address) ?? [];
  }

  #join(address: string, segment: string): void {
    const joined = first(this.#segments.get(address), segment);
    if (joined !== undefined) this.#segments.set(address, joined);
  }

  #segmentOfBlock(text: string): string | undefined {
    const address = this.#blockSegments.length === 0 ? undefined : parseAddress(text);
    if (address === undefined) return undefined;
    return this.#blocks
      .blocksOf(this.#blocks.signatureOf(address))
      .map((position) => this.#blockSegments[position])
      .reduce(first, undefined);
  }
}

function singleAddresses(group: Group, names: KnownNames["names"]): readonly string[] {
  if (group.kind === "hosts") return group.members;
  if (group.kind === "names")
    return group.names.flatMap((name) => (Object.hasOwn(names, name) ? (names[name] ?? []) : []));
  return [];
}

function addressesOf(blocks: readonly string[]): AddressSet {
  return AddressSet.of(blocks.map(parseRange).flatMap((range) => ("problem" in range ? [] : [range])));
}

/** The first by name. */
function first(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
