import { type Address, compareAddresses, parseAddress } from "../net/address.ts";
import { parseRange } from "../net/range.ts";
import type { Cell } from "./cells.ts";
import { FlowEnd } from "./flow-end.ts";
import type { AddressesOf, Group, HostPolicy, HostRule } from "./host-policy.ts";
import { assertKnown } from "./matcher.ts";

/** The cells, by their positions, that some rule speaks of. */
export interface PeerSet {
  /** Equal for the same set. */
  readonly key: string;
  readonly members: ReadonlySet<number>;
  /** Whether it is more than half of all cells. */
  readonly isMost: boolean;
  /** All other cells. Made when first asked for. */
  readonly others: readonly number[];
}

/** Finds the cells that groups and blocks hold; what a cell's first end is in, all of it is in. */
export class PeerSets {
  readonly #size: number;
  readonly #byText = new Map<string, number>();
  /** Sorted. */
  readonly #addresses: readonly { readonly address: Address; readonly at: number }[];
  readonly #groups = new Map<Group, PeerSet>();
  readonly #others = new Map<string, PeerSet>();

  constructor(cells: readonly Cell[]) {
    this.#size = cells.length;
    const ends = cells.flatMap(({ examples: [one] }, at) =>
      one === undefined ? [] : { at, text: new FlowEnd(one.text).text, address: parseAddress(one.text) },
    );
    for (const { text, at } of ends) this.#byText.set(text, at);
    this.#addresses = ends
      .flatMap(({ address, at }) => (address === undefined ? [] : { address, at }))
      .sort((a, b) => compareAddresses(a.address, b.address));
  }

  /** @param groups of the host policy that the rule is in. Throws a RangeError for a deny that names a group which is missing. */
  ofPeers(rule: HostRule, groups: HostPolicy["groups"]): PeerSet {
    assertKnown(rule, groups);
    const sets = rule.peers.map((peer) => this.of(peer, groups));
    const [only] = sets;
    if (only !== undefined && sets.length === 1) return only;
    const key = [...new Set(sets.map((set) => set.key))].sort().join("+");
    return this.#named(key, () => sets.flatMap(({ members }) => [...members]));
  }

  of(addresses: AddressesOf, groups: HostPolicy["groups"]): PeerSet {
    switch (addresses.kind) {
      case "any":
        return this.#named("any", () => Array.from({ length: this.#size }, (_, at) => at));
      case "block":
        return this.#named(addresses.block, () => this.#inBlock(addresses.block));
      case "group": {
        const group = Object.hasOwn(groups, addresses.group) ? groups[addresses.group] : undefined;
        if (group === undefined) return this.#named("missing", () => []);
        return this.#groups.getOrInsertComputed(group, () =>
          this.#made(`#${this.#groups.size}`, this.#inGroup(group)),
        );
      }
    }
  }

  #named(key: string, members: () => readonly number[]): PeerSet {
    return this.#others.getOrInsertComputed(key, () => this.#made(key, members()));
  }

  #made(key: string, numbers: readonly number[]): PeerSet {
    const members = new Set(numbers);
    const size = this.#size;
    let others: readonly number[] | undefined;
    return {
      key,
      members,
      isMost: members.size * 2 > size,
      get others() {
        others ??= Array.from({ length: size }, (_, at) => at).filter((at) => !members.has(at));
        return others;
      },
    };
  }

  #inGroup(group: Group): readonly number[] {
    switch (group.kind) {
      case "hosts":
        return group.members.flatMap((member) => this.#byText.get(member) ?? []);
      case "blocks":
        return group.blocks.flatMap((block) => this.#inBlock(block));
      case "names":
        return group.names.flatMap((name) => this.#byText.get(name) ?? []);
    }
  }

  #inBlock(block: string): readonly number[] {
    const range = parseRange(block);
    if ("problem" in range) return [];
    const { family, first, last } = range;
    const inside: number[] = [];
    for (let at = this.#firstFrom({ family, value: first }); at < this.#addresses.length; at++) {
      const one = this.#addresses[at];
      if (one === undefined || one.address.family !== family || one.address.value > last) break;
      inside.push(one.at);
    }
    return inside;
  }

  #firstFrom(address: Address): number {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = this.#addresses[middle];
      if (one !== undefined && compareAddresses(one.address, address) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
