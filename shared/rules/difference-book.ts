import type { BitSet } from "./bit-set.ts";
import type { ByProcess } from "./by-process.ts";
import type { Rows } from "./rectangles.ts";

/** Services that pass between cells and have not passed before. */
export interface Difference extends ByProcess {
  /** Between which: cells by their positions. */
  readonly rows: Rows;
}

/** Gathers differences: those of the same process and services are one. */
export class DifferenceBook {
  readonly #entries = new Map<string, Entry>();
  /** What is told in one breath is mostly the same object. */
  readonly #known = new Map<readonly ByProcess[], readonly Entry[]>();

  add(those: readonly ByProcess[], from: number, to: BitSet): void {
    for (const { rows } of this.#known.getOrInsertComputed(those, () =>
      those.map((one) => this.#entryFor(one)),
    )) {
      const before = rows.get(from);
      if (before === undefined) rows.set(from, to);
      else rows.set(from, union(before, to));
    }
  }

  list(): readonly Difference[] {
    return [...this.#entries.values()];
  }

  #entryFor(one: ByProcess): Entry {
    const { process, services, isAll } = one;
    const key = JSON.stringify([process.unit, process.user, services.key, isAll]);
    return this.#entries.getOrInsertComputed(key, () => ({ ...one, rows: new Map() }));
  }
}

interface Entry extends Difference {
  readonly rows: Map<number, BitSet>;
}

export function union(a: BitSet, b: BitSet): BitSet {
  const both = a.copy();
  both.addAll(b);
  return both;
}
