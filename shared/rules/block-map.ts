import { type Address, compareAddresses, type Family, HIGHEST } from "../net/address.ts";
import { AddressSet } from "../net/address-set.ts";
import type { AddressRange } from "../net/range.ts";

/** Addresses that the same blocks hold. */
export interface Piece {
  readonly addresses: AddressSet;
  /** Equal for addresses that the same blocks hold. */
  readonly signature: number;
}

/** The address space, cut wherever one of some blocks begins or ends. */
export class BlockMap {
  /** The cuts of both families together, ascending; from each to the next, the same blocks hold every address. */
  readonly #cuts: readonly Cut[];
  /** By signature, the positions of the blocks that hold such an address. */
  readonly #blocks: readonly (readonly number[])[];

  constructor(blocks: readonly AddressSet[]) {
    const { cuts, signatures } = sweep(edgesOf(blocks));
    this.#cuts = cuts;
    this.#blocks = signatures;
  }

  signatureOf(address: Address): number {
    return this.#cuts[this.#cutBefore(address)]?.signature ?? 0;
  }

  /** The positions of the blocks that hold addresses of this signature. */
  blocksOf(signature: number): readonly number[] {
    return this.#blocks[signature] ?? [];
  }

  /** Cuts a set into the parts that no block tells apart. */
  split(addresses: AddressSet): readonly Piece[] {
    const pieces = new Map<number, AddressRange[]>();
    for (const range of addresses.ranges)
      for (const { signature, part } of this.#cutRange(range))
        pieces.getOrInsertComputed(signature, () => []).push(part);
    return Array.from(pieces, ([signature, ranges]) => ({ signature, addresses: AddressSet.of(ranges) }));
  }

  *#cutRange({ family, first, last }: AddressRange): Generator<{ signature: number; part: AddressRange }> {
    let start = first;
    for (let at = this.#cutBefore({ family, value: first }); start <= last; at++) {
      const next = this.#cuts[at + 1]?.at;
      const end = next?.family === family && next.value <= last ? next.value - 1n : last;
      yield { signature: this.#cuts[at]?.signature ?? 0, part: { family, first: start, last: end } };
      start = end + 1n;
    }
  }

  /** The position of the last cut at or before an address. */
  #cutBefore(address: Address): number {
    let low = 0;
    let high = this.#cuts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const cut = this.#cuts[middle];
      if (cut !== undefined && compareAddresses(cut.at, address) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

interface Cut {
  readonly at: Address;
  readonly signature: number;
}

/** Where blocks begin and end. */
interface Edge {
  readonly at: Address;
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

function edgesOf(blocks: readonly AddressSet[]): readonly Edge[] {
  const edges = new Map<string, { at: Address; begin: number[]; end: number[] }>();
  const edge = (family: Family, value: bigint) =>
    edges.getOrInsertComputed(`${family}/${value}`, () => ({ at: { family, value }, begin: [], end: [] }));
  edge(4, 0n);
  edge(6, 0n);
  blocks.forEach((block, position) => {
    for (const { family, first, last } of block.ranges) {
      edge(family, first).begin.push(position);
      if (last < HIGHEST[family]) edge(family, last + 1n).end.push(position);
    }
  });
  return [...edges.values()].sort((a, b) => compareAddresses(a.at, b.at));
}

function sweep(edges: readonly Edge[]) {
  const known = new Map<string, number>([["", 0]]);
  const signatures: (readonly number[])[] = [[]];
  let inside = new Set<number>();
  const cuts = edges.map(({ at, begin, end }): Cut => {
    if (at.value === 0n) inside = new Set();
    for (const position of end) inside.delete(position);
    for (const position of begin) inside.add(position);
    const holding = [...inside].sort((a, b) => a - b);
    const signature = known.getOrInsertComputed(holding.join(","), () => signatures.push(holding) - 1);
    return { at, signature };
  });
  return { cuts, signatures };
}
