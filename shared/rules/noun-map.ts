import { AddressSet } from "../net/address-set.ts";
import { BlockMap } from "./block-map.ts";
import type { Ends } from "./cells.ts";
import type { Noun, Nouns } from "./side.ts";

/** Ends that no noun tells apart. */
export interface Atom extends Ends {
  /** Positions of the nouns that hold them, ascending. */
  readonly nouns: readonly number[];
}

/** Which nouns hold an address or a DNS name: found at once, however many there are. */
export class NounMap {
  /** Sets, then hosts. */
  readonly nouns: readonly Noun[];
  readonly #blocks: BlockMap;
  readonly #byName = new Map<string, number[]>();

  constructor({ sets, hosts }: Nouns) {
    this.nouns = [...sets, ...hosts];
    this.#blocks = new BlockMap(this.nouns.map(({ addresses }) => addresses));
    this.nouns.forEach(({ names }, at) => {
      for (const name of names) this.#byName.getOrInsertComputed(name, () => []).push(at);
    });
  }

  atomsOf({ addresses, names }: Ends): readonly Atom[] {
    const pieces = this.#blocks.split(addresses).map((piece) => ({
      addresses: piece.addresses,
      names: [],
      nouns: this.#blocks.blocksOf(piece.signature),
    }));
    const named = names.map((name) => ({
      addresses: AddressSet.empty,
      names: [name],
      nouns: this.#byName.get(name) ?? [],
    }));
    return [...pieces, ...named];
  }
}

const maps = new WeakMap<Nouns, NounMap>();

/** The map of some nouns, made once. */
export function nounMapOf(nouns: Nouns): NounMap {
  return maps.getOrInsertComputed(nouns, (some) => new NounMap(some));
}
