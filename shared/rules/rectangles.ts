/** A relation between ends, told in few words: everything on the left with everything on the right. */

export interface Rectangle<End> {
  readonly from: readonly End[];
  readonly to: readonly End[];
  /** Ends beside these that may be counted in: what goes between them and the other side is a pair as well, or cannot be. */
  readonly mayFrom: readonly End[];
  readonly mayTo: readonly End[];
}

/** A relation. Pairs about which nothing can be said, because no flow can go there, may be counted in or not. */
export interface Relation<End> {
  /** source -> destinations, in a fixed order. */
  readonly pairs: ReadonlyMap<End, ReadonlySet<End>>;
  readonly mayCount: (from: End, to: End) => boolean;
  /** All sources and destinations that were looked at. */
  readonly sources: readonly End[];
  readonly destinations: readonly End[];
}

/** Covers the relation exactly: every pair is in a rectangle, and what is in a rectangle is a pair, or may be counted as one. */
export function rectanglesOf<End>(relation: Relation<End>): readonly Rectangle<End>[] {
  const rows = new Map<string, Row<End>>();
  const numbers = new Map<End, number>();
  const numberOf = (end: End) => numbers.getOrInsertComputed(end, () => numbers.size);
  for (const [from, to] of relation.pairs) {
    const key = [...to].map(numberOf).join(",");
    rows.getOrInsertComputed(key, () => ({ from: [], to: new Set(to) })).from.push(from);
  }
  const merged: Row<End>[] = [];
  for (const row of rows.values()) {
    const wider = merged.find((other) => canMerge(other, row, relation));
    if (wider === undefined) merged.push(row);
    else mergeInto(wider, row);
  }
  return merged.map((row) => widen(row, relation));
}

/** What may be counted in on the right must fit what may be counted in on the left. */
function widen<End>({ from, to }: Row<End>, relation: Relation<End>): Rectangle<End> {
  const { sources, destinations, pairs, mayCount } = relation;
  const fits = (source: End, destination: End) =>
    pairs.get(source)?.has(destination) === true || mayCount(source, destination);
  const named = new Set(from);
  const mayFrom = sources.filter((one) => !named.has(one) && to.values().every((other) => fits(one, other)));
  const all = [...from, ...mayFrom];
  const mayTo = destinations.filter((one) => !to.has(one) && all.every((other) => fits(other, one)));
  return { from, to: [...to], mayFrom, mayTo };
}

interface Row<End> {
  readonly from: End[];
  readonly to: Set<End>;
}

/** Whether the union of both is right for all of their sources. */
function canMerge<End>(a: Row<End>, b: Row<End>, { mayCount }: Relation<End>): boolean {
  const missesFrom = (row: Row<End>, other: Row<End>) =>
    other.to.values().every((to) => row.to.has(to) || row.from.every((from) => mayCount(from, to)));
  return missesFrom(a, b) && missesFrom(b, a);
}

function mergeInto<End>(wider: Row<End>, row: Row<End>): void {
  wider.from.push(...row.from);
  for (const to of row.to) wider.to.add(to);
}
