/** Who may talk to whom, segments by segments. */

import { BitSet } from "./bit-set.ts";
import { type Cell, meetingOf, World } from "./cells.ts";
import { passingOn } from "./differences.ts";
import { Meetings } from "./meetings.ts";
import { segmentNoun } from "./nouns.ts";
import { Passings, processesOf } from "./passing.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import { resolvedSide } from "./resolved-side.ts";
import { DISREGARDED, serviceWords } from "./service-words.ts";
import type { Noun, Side } from "./side.ts";
import type { Situation } from "./situation.ts";
import { Spans } from "./spans.ts";
import { UNNAMED } from "./spectrum.ts";

/** The row and column for what is no host and in no segment. */
export const ELSEWHERE = "any other address";

export interface Matrix {
  /** Rows and columns: the policy's segments in its order, and `ELSEWHERE`. */
  readonly ends: readonly string[];
  /** Row by row, those where a host judges and anything may pass. */
  readonly entries: readonly MatrixEntry[];
}

/** Services from the members of one segment to those of another, in words. */
export interface MatrixEntry {
  readonly from: string;
  readonly to: string;
  /** What every member may send to every other one. */
  readonly all: readonly string[];
  /** What only some may send, or only to some. */
  readonly some: readonly string[];
  /** What only named units or accounts may send. */
  readonly narrowed: readonly string[];
  /** Of these, what passes at least somewhere only because a host observes, and would be denied were it enforcing. */
  readonly wouldDeny: readonly string[];
}

export function matrix(resolved: ResolvedPolicy): Matrix {
  const side = resolvedSide(resolved);
  const world = new World([side]);
  const rows = rowsOf(resolved, world);
  const reached = reachedFrom(rows, side, world);
  const pairs = new Pairs(side);
  const entries = rows.flatMap((from) => reached(from).flatMap((to) => entryOf(from, to, pairs) ?? []));
  return { ends: rows.map(({ label }) => label), entries };
}

interface Row {
  readonly label: string;
  /** Of each cell of the world what is in here. */
  readonly cells: readonly Cell[];
}

function rowsOf({ policy, inventory }: ResolvedPolicy, world: World): readonly Row[] {
  const segments = [...policy.segments.values()].map((segment) => segmentNoun(segment, inventory));
  const elsewhere = world.cells({ addresses: world.unmanaged, names: [] }).filter(isInNone(segments));
  return [
    ...segments.map(({ label, addresses, names }) => ({
      label,
      cells: world.cells({ addresses, names: [...names] }),
    })),
    { label: ELSEWHERE, cells: elsewhere },
  ];
}

/** Tells, in order, all rows to which anything may pass from one: most rows have nothing to do with each other. */
function reachedFrom(rows: readonly Row[], side: Side, world: World): (from: Row) => readonly Row[] {
  const cells = world.cells(world.everything);
  const position = new Map(cells.map(({ key }, at) => [key, at]));
  const positionsIn = (row: Row) => row.cells.flatMap(({ key }) => position.get(key) ?? []);
  const holding = new Map<number, number[]>();
  rows.forEach((row, at) => {
    for (const cell of positionsIn(row)) holding.getOrInsertComputed(cell, () => []).push(at);
  });
  const reached = cells.map(() => new BitSet(cells.length));
  for (const difference of passingOn(side, new Meetings(cells, cells)))
    for (const [from, to] of difference.rows) reached[from]?.addAll(to);
  return (from) => {
    const destinations = new BitSet(cells.length);
    for (const cell of positionsIn(from)) destinations.addAll(reached[cell] ?? destinations);
    const found = new Set(destinations.numbers.flatMap((cell) => holding.get(cell) ?? []));
    return [...found].sort((a, b) => a - b).flatMap((at) => rows[at] ?? []);
  };
}

function isInNone(segments: readonly Noun[]): (cell: Cell) => boolean {
  return (cell) => segments.every(({ addresses }) => addresses.intersect(cell.addresses).isEmpty);
}

/** What passes between two cells. */
interface Passed {
  readonly plain: Spans;
  readonly narrowed: Spans;
  readonly wouldDeny: Spans;
}

/** What decides alike is asked once, however many cells it is about. */
class Pairs {
  readonly #passings: Passings;
  readonly #known = new Map<string, Passed | undefined>();

  constructor(side: Side) {
    this.#passings = new Passings(side);
  }

  /** Undefined where nothing can go, or nobody judges what goes. */
  between(from: Cell, to: Cell): Passed | undefined {
    const ends = meetingOf(from, to);
    if (ends === undefined) return undefined;
    const situation = this.#passings.situation(ends);
    return this.#known.getOrInsertComputed(situation.key, () => this.#ask(situation));
  }

  #ask(situation: Situation): Passed | undefined {
    if (situation.egress === undefined && situation.ingress === undefined) return undefined;
    const { passes, wouldDeny } = this.#passings.of(situation, UNNAMED);
    const narrowed = processesOf([situation])
      .map((process) => this.#passings.of(situation, process).passes)
      .reduce((all, some) => all.union(some), Spans.none);
    return {
      plain: passes.subtract(DISREGARDED),
      narrowed: narrowed.subtract(passes).subtract(DISREGARDED),
      wouldDeny: wouldDeny.subtract(DISREGARDED),
    };
  }
}

function entryOf(from: Row, to: Row, pairs: Pairs): MatrixEntry | undefined {
  const passings = new Set(from.cells.flatMap((a) => to.cells.flatMap((b) => pairs.between(a, b) ?? [])));
  const united = (part: keyof Passed) =>
    passings.values().reduce((all, one) => all.union(one[part]), Spans.none);
  const some = united("plain");
  const narrowed = united("narrowed").subtract(some);
  if (some.isEmpty && narrowed.isEmpty) return undefined;
  const all = passings.values().reduce((common, { plain }) => common.intersect(plain), some);
  return {
    from: from.label,
    to: to.label,
    all: serviceWords(all),
    some: serviceWords(some.subtract(all)),
    narrowed: serviceWords(narrowed),
    wouldDeny: serviceWords(united("wouldDeny")),
  };
}
