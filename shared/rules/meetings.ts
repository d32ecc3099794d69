/** Which of many cells can talk to each other, without asking every pair. */

import { BitSet } from "./bit-set.ts";
import { type Cell, meetingOf } from "./cells.ts";

/** Cells as senders and cells as receivers, by their positions. */
export class Meetings {
  readonly sources: readonly Cell[];
  readonly destinations: readonly Cell[];
  readonly #fromSources: Apart;
  readonly #fromDestinations: Apart;

  constructor(sources: readonly Cell[], destinations: readonly Cell[]) {
    this.sources = sources;
    this.destinations = destinations;
    this.#fromSources = new Apart(sources, destinations);
    this.#fromDestinations = sources === destinations ? this.#fromSources : new Apart(destinations, sources);
  }

  /** The destinations to which nothing can go from a source. Not to be changed. */
  outOfReachOf(source: number): BitSet {
    return this.#fromSources.of(source);
  }

  /** The sources from which nothing can come to a destination. Not to be changed. */
  outOfSightOf(destination: number): BitSet {
    return this.#fromDestinations.of(destination);
  }
}

/** Two cells are apart where they have no family in common, or where all that they have are addresses of one host: only those that share a host must be looked at. */
class Apart {
  readonly #cells: readonly Cell[];
  readonly #others: readonly Cell[];
  readonly #byOwner = new Map<string, number[]>();
  readonly #byFamilies = new Map<number, BitSet>();
  readonly #known: (BitSet | undefined)[] = [];

  constructor(cells: readonly Cell[], others: readonly Cell[]) {
    this.#cells = cells;
    this.#others = others;
    others.forEach((cell, at) => {
      for (const owner of ownersOf(cell)) this.#byOwner.getOrInsertComputed(owner, () => []).push(at);
    });
  }

  of(at: number): BitSet {
    this.#known[at] ??= this.#find(this.#cells[at]);
    return this.#known[at];
  }

  #find(cell: Cell | undefined): BitSet {
    if (cell === undefined) throw new RangeError("no such cell");
    const families = familiesOf(cell);
    const strangers = this.#byFamilies.getOrInsertComputed(families, () =>
      BitSet.of(
        this.#others.length,
        this.#others.flatMap((other, at) => ((familiesOf(other) & families) === 0 ? at : [])),
      ),
    );
    const sharing = [...ownersOf(cell)].flatMap((owner) => this.#byOwner.get(owner) ?? []);
    const alone = sharing.filter((at) => {
      const other = this.#others[at];
      return other !== undefined && meetingOf(cell, other) === undefined;
    });
    if (alone.length === 0) return strangers;
    const apart = strangers.copy();
    for (const other of alone) apart.add(other);
    return apart;
  }
}

/** By side, as a host's name may be another host's on the other side. */
function ownersOf({ examples }: Cell): ReadonlySet<string> {
  return new Set(
    examples.flatMap(({ owners }) =>
      owners.flatMap((owner, side) => (owner === undefined ? [] : `${side} ${owner}`)),
    ),
  );
}

/** A bit for each family; a DNS name may resolve to both. */
function familiesOf({ examples }: Cell): number {
  const bits = { 4: 1, 6: 2 };
  return examples.reduce((all, { family }) => all | (family === undefined ? 3 : bits[family]), 0);
}
