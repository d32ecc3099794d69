import { type Cell, type FlowEnds, meetingOf } from "./cells.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Flow } from "./flow.ts";
import { compareVerdicts, type Judgement } from "./judgement.ts";
import type { Namer } from "./naming.ts";
import { rectanglesOf } from "./rectangles.ts";
import { serviceWords } from "./service-words.ts";
import type { Spans } from "./spans.ts";

/** One answer, and whom it concerns: everything in `from` with everything in `to` gets it for all of `services`. */
export interface Outcome extends Evaluation {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly services: readonly string[];
  /** One of the flows that get it; the judgements' words are about this one. */
  readonly flow: Flow;
}

/** Flows that were asked about, of services that get the same answer between the same ends. */
export interface Answered {
  readonly services: Spans;
  /** One of them. */
  readonly flow: Flow;
  readonly evaluation: Evaluation;
}

/** Two cells of which one talks to the other, and two ends that do it for all. */
export interface Meeting {
  readonly from: Cell;
  readonly to: Cell;
  readonly ends: FlowEnds;
}

/** Whom a set of answers concerns, and how to call them. */
export interface Parties {
  readonly sources: readonly Cell[];
  readonly destinations: readonly Cell[];
  readonly fromNamer: Namer;
  readonly toNamer: Namer;
  /** The services that were asked about, and how they were written. */
  readonly asked: Spans;
  readonly askedWords: readonly string[];
  /** Answers again, for one pair and services that all get one answer. */
  answer(pair: readonly [from: Cell, to: Cell], services: Spans): Answered;
}

/** Gathers answers that are equal but for their ends and services. Of the answers themselves none is kept, as there may be millions. */
export class Outcomes {
  readonly #byAnswer = new Map<string, Map<Cell, Map<Cell, Spans>>>();

  add({ from, to }: Meeting, { services, evaluation }: Answered): void {
    const { verdict, egress, ingress } = evaluation;
    const row = this.#byAnswer
      .getOrInsertComputed(JSON.stringify([verdict, gist(egress), gist(ingress)]), () => new Map())
      .getOrInsertComputed(from, () => new Map<Cell, Spans>());
    row.set(to, row.get(to)?.union(services) ?? services);
  }

  /** The worst first. */
  list(parties: Parties): readonly Outcome[] {
    return [...this.#byAnswer.values()]
      .flatMap((pairs) => byServices(pairs).flatMap((alike) => outcomesOf(alike, parties)))
      .sort((a, b) => compareVerdicts(b.verdict, a.verdict));
  }
}

/** What makes two judgements the same: not the host, but what it does and by which rule. */
function gist(judgement: Judgement | null) {
  if (judgement === null) return null;
  const { mode, verdict, rule } = judgement;
  return [mode, verdict, rule?.name];
}

/** Pairs of cells with one answer for the same services. */
interface Alike {
  readonly services: Spans;
  readonly pairs: Map<Cell, Set<Cell>>;
}

function byServices(pairs: ReadonlyMap<Cell, ReadonlyMap<Cell, Spans>>): readonly Alike[] {
  const alike = new Map<string, Alike>();
  for (const [from, row] of pairs)
    for (const [to, services] of row)
      alike
        .getOrInsertComputed(services.key, () => ({ services, pairs: new Map() }))
        .pairs.getOrInsertComputed(from, () => new Set())
        .add(to);
  return [...alike.values()];
}

function outcomesOf({ services, pairs }: Alike, parties: Parties): readonly Outcome[] {
  const relation = { ...parties, pairs, mayCount: cannotMeet };
  return rectanglesOf(relation).map(({ from, to, mayFrom, mayTo }): Outcome => {
    const { flow, evaluation } = parties.answer(aPairOf(pairs, from, to), services);
    return {
      ...evaluation,
      from: parties.fromNamer.labels(from, mayFrom),
      to: parties.toNamer.labels(to, mayTo),
      services: services.key === parties.asked.key ? parties.askedWords : serviceWords(services),
      flow,
    };
  });
}

function cannotMeet(from: Cell, to: Cell): boolean {
  return meetingOf(from, to) === undefined;
}

/** A rectangle may hold pairs that are counted in; the words must be about one that was answered. */
function aPairOf(
  pairs: Alike["pairs"],
  [source]: readonly Cell[],
  destinations: readonly Cell[],
): [Cell, Cell] {
  const destination = destinations.find((one) => source !== undefined && pairs.get(source)?.has(one));
  if (source === undefined || destination === undefined) throw new RangeError("a rectangle without a pair");
  return [source, destination];
}
