/** A relation between ends, told in few words: everything on the left with everything on the right. Ends are numbers. */

import { BitSet } from "./bit-set.ts";

export interface Rectangle {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** These, and all others that may be counted in: what goes between them and the other side is a pair as well, or cannot be. */
  readonly mayFrom: BitSet;
  readonly mayTo: BitSet;
}

/** Source -> destinations, none of them empty. */
export type Rows = ReadonlyMap<number, BitSet>;

/** Pairs about which nothing can be said, because no flow can go there: they may be counted in or not. */
export interface Impossible {
  outOfReachOf(source: number): BitSet;
  outOfSightOf(destination: number): BitSet;
}

/** Covers the relation exactly: every pair is in a rectangle, and what is in a rectangle is a pair, or may be counted as one. */
export function rectanglesOf(rows: Rows, impossible: Impossible): readonly Rectangle[] {
  const merged: Row[] = [];
  for (const row of alike(rows, impossible)) {
    const wider = merged.find((other) => canMerge(other, row));
    if (wider === undefined) merged.push(row);
    else mergeInto(wider, row);
  }
  const columns = columnsOf(rows);
  return merged.map((row) => widen(row, { rows, columns, impossible }));
}

interface Row {
  readonly from: number[];
  readonly to: BitSet;
  /** One of `to`. */
  readonly first: number;
  /** To which nothing can go from any of the sources. */
  readonly impossible: BitSet;
}

/** Sources with the same destinations are one row. */
function alike(rows: Rows, impossible: Impossible): Iterable<Row> {
  const byHash = new Map<number, Row[]>();
  const all: Row[] = [];
  for (const [source, to] of rows) {
    const bucket = byHash.getOrInsertComputed(to.hash, () => []);
    const same = bucket.find((row) => row.to.equals(to));
    if (same !== undefined) {
      same.from.push(source);
      same.impossible.keep(undefined, impossible.outOfReachOf(source));
      continue;
    }
    const row: Row = {
      from: [source],
      to: to.copy(),
      first: to.first ?? 0,
      impossible: impossible.outOfReachOf(source).copy(),
    };
    bucket.push(row);
    all.push(row);
  }
  return all;
}

/** Whether the union of both is right for all of their sources. */
function canMerge(a: Row, b: Row): boolean {
  // Most rows have nothing to do with each other, which the first destination tells.
  if (!a.to.has(b.first) && !a.impossible.has(b.first)) return false;
  return b.to.isWithin(a.to, a.impossible) && a.to.isWithin(b.to, b.impossible);
}

function mergeInto(wider: Row, row: Row): void {
  wider.from.push(...row.from);
  wider.to.addAll(row.to);
  wider.impossible.keep(undefined, row.impossible);
}

function columnsOf(rows: Rows): Rows {
  const columns = new Map<number, BitSet>();
  const size = rows.keys().reduce((most, source) => Math.max(most, source + 1), 0);
  for (const [source, to] of rows)
    for (const destination of to.numbers)
      columns.getOrInsertComputed(destination, () => new BitSet(size)).add(source);
  return columns;
}

interface Relation {
  readonly rows: Rows;
  readonly columns: Rows;
  readonly impossible: Impossible;
}

/** What may be counted in on the right must fit what may be counted in on the left. */
function widen({ from, to }: Row, { rows, columns, impossible }: Relation): Rectangle {
  const numbers = to.numbers;
  const mayFrom = fitting(numbers, (one) => [columns.get(one), impossible.outOfSightOf(one)]);
  const mayTo = fitting(mayFrom.numbers, (one) => [rows.get(one), impossible.outOfReachOf(one)]);
  return { from, to: numbers, mayFrom, mayTo };
}

/** What is, for each of these ends, a pair with it or impossible. */
function fitting(
  ends: readonly number[],
  setsOf: (end: number) => readonly [pairs: BitSet | undefined, impossible: BitSet],
): BitSet {
  let fit: BitSet | undefined;
  for (const end of ends) {
    const [pairs, impossible] = setsOf(end);
    fit ??= BitSet.full(impossible.size);
    fit.keep(pairs, impossible);
  }
  if (fit === undefined) throw new RangeError("a rectangle without a pair");
  return fit;
}
