/** Finds words for sets of ends. */

import { AddressSet } from "../net/address-set.ts";
import { type AddressRange, formatRange } from "../net/range.ts";
import { ANY } from "../policy/policy.ts";
import { BitSet } from "./bit-set.ts";
import type { Cell, Ends } from "./cells.ts";
import { type Atom, nounMapOf } from "./noun-map.ts";
import type { Noun, Nouns } from "./side.ts";

/** More ranges than this are not listed; "any other address" says it. */
const FEW_RANGES = 4;

export interface Vocabulary {
  readonly nouns: Nouns;
  readonly everything: Ends;
  /** Of a host no more than what is in here counts; without it, all of it does. */
  readonly within?: AddressSet;
  /** What was asked about, where that is not everything: the word for it goes before all others. */
  readonly asked?: Noun;
}

/** Names any of some cells, given by their positions. */
export class Namer {
  readonly #cells: readonly Cell[];
  readonly #vocabulary: Vocabulary;
  /** Made with the first word. */
  #lexicon: Lexicon | undefined;

  /** @param cells that have nothing in common. */
  constructor(cells: readonly Cell[], vocabulary: Vocabulary) {
    this.#cells = cells;
    this.#vocabulary = vocabulary;
  }

  /**
   * Words for everything in these cells.
   * @param may these, and others that may be counted in where that makes the words fewer.
   */
  labels(cells: readonly number[], may: BitSet): readonly string[] {
    this.#lexicon ??= new Lexicon(this.#cells, this.#vocabulary);
    const { allAsked, asked } = this.#lexicon;
    if (allAsked && asked !== undefined && may.equals(this.#lexicon.all)) return [asked];
    const exact = this.#cover(this.#lexicon, cells, BitSet.of(may.size, cells));
    if (exact.length === 1) return exact;
    const wider = this.#cover(this.#lexicon, cells, may);
    return wider.length < exact.length ? wider : exact;
  }

  /** Segments and blocks where all of one is there, then hosts, then what is left of those that must be named. */
  #cover(lexicon: Lexicon, must: readonly number[], there: BitSet): readonly string[] {
    if (lexicon.allIsEverything && there.equals(lexicon.all)) return [ANY];
    const covered = new Set<number>();
    const taken = lexicon.nounsIn(must).filter((noun) => {
      const atoms = lexicon.atomsOf(noun);
      const isThere = atoms.every(({ cell }) => there.has(cell)) && lexicon.isWhole(noun);
      if (!isThere || atoms.some(({ number }) => covered.has(number))) return false;
      for (const { number } of atoms) covered.add(number);
      return true;
    });
    const rest = must.flatMap((cell) => lexicon.restOf(cell, covered));
    return [...taken.map((noun) => lexicon.labelOf(noun)), ...new Set(rest)];
  }
}

interface NumberedAtom extends Atom {
  readonly number: number;
  /** The position of the cell that it is a part of. */
  readonly cell: number;
}

/** Cells and nouns, cut into what they have in common. */
class Lexicon {
  /** All cells. */
  readonly all: BitSet;
  readonly allIsEverything: boolean;
  /** Whether all cells are all that was asked about. */
  readonly allAsked: boolean;
  readonly asked: string | undefined;
  readonly #cells: readonly Cell[];
  readonly #vocabulary: Vocabulary;
  readonly #nouns: readonly Noun[];
  readonly #byCell: readonly (readonly NumberedAtom[])[];
  readonly #byNoun: readonly (readonly NumberedAtom[])[];
  readonly #whole = new Map<number, boolean>();

  constructor(cells: readonly Cell[], vocabulary: Vocabulary) {
    const map = nounMapOf(vocabulary.nouns);
    this.#cells = cells;
    this.#vocabulary = vocabulary;
    this.#nouns = map.nouns;
    let count = 0;
    this.#byCell = cells.map((cell, at) =>
      map.atomsOf(cell).map((atom) => ({ ...atom, number: count++, cell: at })),
    );
    const byNoun: NumberedAtom[][] = this.#nouns.map(() => []);
    for (const atoms of this.#byCell)
      for (const atom of atoms) for (const noun of atom.nouns) byNoun[noun]?.push(atom);
    this.#byNoun = byNoun;
    this.all = BitSet.full(cells.length);
    const union = unite(cells);
    const { everything, asked } = vocabulary;
    this.allIsEverything = holds(union, everything);
    this.asked = asked?.label;
    this.allAsked = asked !== undefined && holds(union, { ...asked, names: [...asked.names] });
  }

  labelOf(noun: number): string {
    return this.#nouns[noun]?.label ?? "";
  }

  atomsOf(noun: number): readonly NumberedAtom[] {
    return this.#byNoun[noun] ?? [];
  }

  /** The nouns that have something in common with these cells, in their order. */
  nounsIn(cells: readonly number[]): readonly number[] {
    const some = new Set(cells.flatMap((cell) => this.#byCell[cell]?.flatMap(({ nouns }) => nouns) ?? []));
    return [...some].sort((a, b) => a - b);
  }

  /** Whether all of a noun is in these cells. */
  isWhole(noun: number): boolean {
    return this.#whole.getOrInsertComputed(noun, () => {
      const { addresses, names } = this.#nouns[noun] ?? NOTHING;
      const isHost = noun >= this.#vocabulary.nouns.sets.length;
      const { within } = this.#vocabulary;
      const counted = isHost && within !== undefined ? addresses.intersect(within) : addresses;
      return holds(unite(this.atomsOf(noun)), { addresses: counted, names: [...names] });
    });
  }

  /** Words for what is left of a cell without some atoms. */
  restOf(at: number, covered: ReadonlySet<number>): readonly string[] {
    const cell = this.#cells[at];
    if (cell === undefined) return [];
    const atoms = this.#byCell[at] ?? [];
    const left = atoms.filter(({ number }) => !covered.has(number));
    return wordsFor(cell, left.length === atoms.length ? cell : unite(left), this.asked);
  }
}

const NOTHING = { addresses: AddressSet.empty, names: new Set<string>() };

function unite(some: readonly Ends[]): Ends {
  return {
    addresses: AddressSet.of(some.flatMap(({ addresses }) => addresses.ranges)),
    names: some.flatMap(({ names }) => names),
  };
}

function holds(ends: Ends, { addresses, names }: Ends): boolean {
  return addresses.difference(ends.addresses).isEmpty && new Set(names).isSubsetOf(new Set(ends.names));
}

function wordsFor(cell: Cell, { addresses, names }: Ends, asked: string | undefined): readonly string[] {
  if (addresses.isEmpty) return names;
  const isManaged = cell.examples.some(({ owners }) => owners.length > 0);
  const block = cell.block ?? asked;
  if (!isManaged && block === undefined) return ["any other address"];
  if (!isManaged && addresses.ranges.length > FEW_RANGES) return [`any other address in ${block}`];
  return addresses.ranges.map((range: AddressRange) => formatRange(range));
}
