import { type Address, HIGHEST } from "./address.ts";
import { type AddressRange, compareRanges } from "./range.ts";

/** A set of IPv4 and IPv6 addresses. Immutable: every operation gives a new set. */
export class AddressSet {
  static readonly empty = new AddressSet([]);
  static readonly everything = new AddressSet([
    { family: 4, first: 0n, last: HIGHEST[4] },
    { family: 6, first: 0n, last: HIGHEST[6] },
  ]);

  /** Sorted, disjoint and not adjacent; IPv4 first. Equal sets have equal ranges. */
  readonly ranges: readonly AddressRange[];

  private constructor(ranges: readonly AddressRange[]) {
    this.ranges = ranges;
  }

  /** The union of ranges in any order; they may overlap. */
  static of(ranges: Iterable<AddressRange>): AddressSet {
    return new AddressSet(merge([...ranges].sort(compareRanges)));
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** Cost: logarithmic in the number of ranges. */
  has(address: Address): boolean {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = this.ranges[middle];
      if (range === undefined) return false;
      if (isBefore(address, range)) high = middle - 1;
      else if (range.family === address.family && address.value <= range.last) return true;
      else low = middle + 1;
    }
    return false;
  }

  equals(other: AddressSet): boolean {
    return (
      this.ranges.length === other.ranges.length &&
      this.ranges.every((range, at) => {
        const { family, first, last } = other.ranges[at] ?? range;
        return range.family === family && range.first === first && range.last === last;
      })
    );
  }

  union(other: AddressSet): AddressSet {
    return AddressSet.of([...this.ranges, ...other.ranges]);
  }

  intersect(other: AddressSet): AddressSet {
    const common: AddressRange[] = [];
    let mine = 0;
    let theirs = 0;
    for (;;) {
      const a = this.ranges[mine];
      const b = other.ranges[theirs];
      if (a === undefined || b === undefined) return new AddressSet(common);
      const overlap = overlapOf(a, b);
      if (overlap !== undefined) common.push(overlap);
      if (endsFirst(a, b)) mine++;
      else theirs++;
    }
  }

  difference(other: AddressSet): AddressSet {
    const rest: AddressRange[] = [];
    let next = 0;
    for (const range of this.ranges) {
      let { first } = range;
      while (isWhollyBefore(other.ranges[next], range)) next++;
      // The last one that overlaps may reach into the next range, so it is not passed over here.
      for (let at = next; ; at++) {
        const hole = overlapOf(range, other.ranges[at]);
        if (hole === undefined) break;
        if (first < hole.first) rest.push({ family: range.family, first, last: hole.first - 1n });
        first = hole.last + 1n;
      }
      if (first <= range.last) rest.push({ family: range.family, first, last: range.last });
    }
    return new AddressSet(rest);
  }
}

/** Joins ranges, sorted by their first address, that overlap or touch. */
function merge(sorted: readonly AddressRange[]): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  let open: AddressRange | undefined;
  for (const range of sorted) {
    if (open !== undefined && open.family === range.family && range.first <= open.last + 1n) {
      if (range.last > open.last) open = { family: open.family, first: open.first, last: range.last };
    } else {
      if (open !== undefined) merged.push(open);
      open = range;
    }
  }
  if (open !== undefined) merged.push(open);
  return merged;
}

function isBefore(address: Address, range: AddressRange): boolean {
  return address.family === range.family ? address.value < range.first : address.family < range.family;
}

function isWhollyBefore(a: AddressRange | undefined, b: AddressRange): boolean {
  if (a === undefined) return false;
  return a.family === b.family ? a.last < b.first : a.family < b.family;
}

function endsFirst(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family ? a.last < b.last : a.family < b.family;
}

function overlapOf(a: AddressRange, b: AddressRange | undefined): AddressRange | undefined {
  if (b === undefined || a.family !== b.family || a.last < b.first || b.last < a.first) return undefined;
  const later = a.first < b.first ? b : a;
  const earlier = a.last < b.last ? a : b;
  return { family: a.family, first: later.first, last: earlier.last };
}
