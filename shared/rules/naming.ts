/** Finds words for sets of ends. */

import { AddressSet } from "../net/address-set.ts";
import { type AddressRange, formatRange } from "../net/range.ts";
import { ANY } from "../policy/policy.ts";
import type { Cell, Ends } from "./cells.ts";
import type { Noun, Nouns } from "./side.ts";

/** More ranges than this are not listed; "any other address" says it. */
const FEW_RANGES = 4;

export class Namer {
  readonly #nouns: Nouns;
  readonly #everything: Noun;
  readonly #asked: Noun | undefined;

  /** @param asked what was asked about, where that is not everything: the word for it goes before all others. */
  constructor(nouns: Nouns, everything: Ends, asked?: Noun) {
    this.#nouns = nouns;
    this.#asked = asked;
    this.#everything = { label: ANY, addresses: everything.addresses, names: new Set(everything.names) };
  }

  /**
   * Words for everything in these cells.
   * @param may cells that may be counted in where that makes the words fewer.
   */
  labels(cells: readonly Cell[], may: readonly Cell[] = []): readonly string[] {
    const asked = this.#asked;
    if (asked !== undefined && holds(unite([...cells, ...may]), asked)) return [asked.label];
    const exact = this.#cover(cells, cells);
    if (may.length === 0 || exact.length === 1) return exact;
    const wider = this.#cover(cells, [...cells, ...may]);
    return wider.length < exact.length ? wider : exact;
  }

  /** Segments and blocks where all of one is there, then hosts, then what is left of those that must be named. */
  #cover(must: readonly Cell[], all: readonly Cell[]): readonly string[] {
    const needed = unite(must);
    const there = unite(all);
    if (holds(there, this.#everything)) return [this.#everything.label];
    const isThere = (noun: Noun) => holds(there, noun) && !isApart(needed, noun);
    const sets = disjoint(this.#nouns.sets.filter(isThere));
    const covered = unite(sets);
    // Hosts have no address in common.
    const hosts = this.#nouns.hosts.filter((noun) => isThere(noun) && isApart(covered, noun));
    const named = unite([covered, ...hosts]);
    const rest = must.flatMap((cell) => restOf(cell, named, this.#asked?.label));
    return [...sets.map(({ label }) => label), ...hosts.map(({ label }) => label), ...new Set(rest)];
  }
}

interface EndSet {
  readonly addresses: AddressSet;
  readonly names: ReadonlySet<string>;
}

function unite(
  some: readonly { readonly addresses: AddressSet; readonly names: Iterable<string> }[],
): EndSet {
  return {
    addresses: AddressSet.of(some.flatMap(({ addresses }) => addresses.ranges)),
    names: new Set(some.flatMap(({ names }) => [...names])),
  };
}

/** From the first on, those that have nothing in common with one before. */
function disjoint(nouns: readonly Noun[]): readonly Noun[] {
  const taken: Noun[] = [];
  let covered: EndSet = unite([]);
  for (const noun of nouns)
    if (isApart(covered, noun)) {
      taken.push(noun);
      covered = unite([covered, noun]);
    }
  return taken;
}

function holds(set: EndSet, noun: Noun): boolean {
  return (
    noun.addresses.ranges.every((range) => holdsRange(set.addresses, range)) &&
    noun.names.values().every((name) => set.names.has(name))
  );
}

function isApart(set: EndSet, noun: Noun): boolean {
  return set.addresses.intersect(noun.addresses).isEmpty && set.names.isDisjointFrom(noun.names);
}

/** A range is in a set if one of the set's ranges holds it, as these are not adjacent. */
function holdsRange(set: AddressSet, { family, first, last }: AddressRange): boolean {
  if (!set.has({ family, value: first })) return false;
  if (first === last) return true;
  return (
    set.has({ family, value: last }) &&
    set.intersect(AddressSet.of([{ family, first, last }])).ranges.length === 1
  );
}

function restOf(cell: Cell, named: EndSet, within: string | undefined): readonly string[] {
  const names = cell.names.filter((name) => !named.names.has(name));
  const addresses = cell.addresses.difference(named.addresses);
  if (addresses.isEmpty) return names;
  const isManaged = cell.examples.some(({ owners }) => owners.length > 0);
  const block = cell.block ?? within;
  if (!isManaged && block === undefined) return ["any other address"];
  if (!isManaged && addresses.ranges.length > FEW_RANGES) return [`any other address in ${block}`];
  return addresses.ranges.map(formatRange);
}
