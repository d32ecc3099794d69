/** What a rule would name an end: a segment of hosts, a segment of addresses, or nothing that has a name yet. */

import { parseAddress } from "../net/address.ts";
import { AddressSet } from "../net/address-set.ts";
import type { Policy } from "../policy/policy.ts";
import { BlockMap } from "../rules/block-map.ts";
import type { Conversation, Speaker } from "./conversation.ts";
import type { Standing } from "./standing.ts";

export type Party =
  /** `hosts`: how many of its hosts were seen at all. */
  | { readonly kind: "hosts"; readonly segment: string; readonly hosts: number }
  | { readonly kind: "blocks"; readonly segment: string }
  | { readonly kind: "stranger" };

/** All conversations between two parties over one service. */
export interface Exchange {
  readonly from: Party;
  readonly to: Party;
  readonly service: string;
  readonly conversations: readonly Conversation[];
}

export class Parties {
  readonly #standing: Standing;
  readonly #active: ReadonlySet<string>;
  readonly #blocks: BlockMap;
  readonly #blockSegments: readonly string[];
  readonly #known = new Map<string, Party>();

  /** `active`: names of hosts that were seen at all. */
  constructor(policy: Policy, standing: Standing, active: ReadonlySet<string>) {
    this.#standing = standing;
    this.#active = active;
    const blocks = [...policy.segments.values()].filter((segment) => segment.kind === "addresses");
    const sized = blocks
      .map(({ name, ranges }) => ({ name, addresses: AddressSet.of(ranges) }))
      .sort((a, b) => compareSizes(a.addresses, b.addresses) || (a.name < b.name ? -1 : 1));
    this.#blocks = new BlockMap(sized.map(({ addresses }) => addresses));
    this.#blockSegments = sized.map(({ name }) => name);
  }

  of({ host, address }: Speaker): Party {
    return this.#known.getOrInsertComputed(host ?? address, () => {
      const segment = host === undefined ? undefined : this.#standing.segmentOf(host);
      if (segment !== undefined) return { kind: "hosts", segment, hosts: this.#seen(segment) };
      const block = this.#blockOf(address);
      return block === undefined ? { kind: "stranger" } : { kind: "blocks", segment: block };
    });
  }

  /** In the order of the conversations. */
  exchanges(conversations: readonly Conversation[]): readonly Exchange[] {
    const alike = Map.groupBy(conversations, ({ from, to, service }) =>
      JSON.stringify([partyKey(this.of(from)), partyKey(this.of(to)), service]),
    );
    return [...alike.values()].flatMap((some) => {
      const [one] = some;
      if (one === undefined) return [];
      const { from, to, service } = one;
      return { from: this.of(from), to: this.of(to), service, conversations: some };
    });
  }

  #seen(segment: string): number {
    return this.#standing.hostsOf(segment).filter((host) => this.#active.has(host)).length;
  }

  /** The smallest one that holds it. */
  #blockOf(text: string): string | undefined {
    const address = parseAddress(text);
    if (address === undefined) return undefined;
    const [position] = this.#blocks.blocksOf(this.#blocks.signatureOf(address));
    return position === undefined ? undefined : this.#blockSegments[position];
  }
}

/** What a rule would call it; "" for one that has no name. */
export function partyKey(party: Party): string {
  return party.kind === "stranger" ? "" : party.segment;
}

function sizeOf({ ranges }: AddressSet): bigint {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

function compareSizes(a: AddressSet, b: AddressSet): number {
  const difference = sizeOf(a) - sizeOf(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
