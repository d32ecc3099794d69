import { BitSet } from "./bit-set.ts";
import type { FlowEnds } from "./cells.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Flow } from "./flow.ts";
import { compareVerdicts, type Judgement } from "./judgement.ts";
import type { Meetings } from "./meetings.ts";
import type { Namer } from "./naming.ts";
import { type Rectangle, type Rows, rectanglesOf } from "./rectangles.ts";
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

/** Two cells, by their positions, of which one talks to the other, and two ends that do it for all. */
export interface Meeting {
  readonly from: number;
  readonly to: number;
  readonly ends: FlowEnds;
}

/** Whom a set of answers concerns, and how to call them. */
export interface Parties {
  readonly meetings: Meetings;
  readonly fromNamer: Namer;
  readonly toNamer: Namer;
  /** The services that were asked about, and how they were written. */
  readonly asked: Spans;
  readonly askedWords: readonly string[];
  /** Answers again, for one pair and services that all get one answer. */
  answer(pair: readonly [from: number, to: number], services: Spans): Answered;
}

/** Gathers answers that are equal but for their ends and services. Of the answers themselves none is kept, as there may be millions. */
export class Outcomes {
  readonly #byAnswer = new Map<string, Map<number, Map<number, Spans>>>();

  add({ from, to }: Meeting, { services, evaluation }: Answered): void {
    const { verdict, egress, ingress } = evaluation;
    const row = this.#byAnswer
      .getOrInsertComputed(JSON.stringify([verdict, gist(egress), gist(ingress)]), () => new Map())
      .getOrInsertComputed(from, () => new Map<number, Spans>());
    row.set(to, row.get(to)?.union(services) ?? services);
  }

  /** The worst first. */
  list(parties: Parties): readonly Outcome[] {
    return [...this.#byAnswer.values()]
      .flatMap((pairs) => {
        const size = parties.meetings.destinations.length;
        return byServices(pairs, size).flatMap((alike) => outcomesOf(alike, parties));
      })
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
  readonly rows: Map<number, BitSet>;
}

/** @param size how many destinations there are. */
function byServices(pairs: ReadonlyMap<number, ReadonlyMap<number, Spans>>, size: number): readonly Alike[] {
  const alike = new Map<string, Alike>();
  for (const [from, row] of pairs)
    for (const [to, services] of row)
      alike
        .getOrInsertComputed(services.key, () => ({ services, rows: new Map() }))
        .rows.getOrInsertComputed(from, () => new BitSet(size))
        .add(to);
  return [...alike.values()];
}

function outcomesOf({ services, rows }: Alike, parties: Parties): readonly Outcome[] {
  return rectanglesOf(rows, parties.meetings).map((rectangle): Outcome => {
    const { from, to, mayFrom, mayTo } = rectangle;
    const { flow, evaluation } = parties.answer(aPairOf(rows, rectangle), services);
    return {
      ...evaluation,
      from: parties.fromNamer.labels(from, mayFrom),
      to: parties.toNamer.labels(to, mayTo),
      services: services.key === parties.asked.key ? parties.askedWords : serviceWords(services),
      flow,
    };
  });
}

/** A rectangle may hold pairs that are counted in; the words must be about one that was answered. */
function aPairOf(rows: Rows, { from: [source], to }: Rectangle): readonly [from: number, to: number] {
  const destination = to.find((one) => source !== undefined && rows.get(source)?.has(one));
  if (source === undefined || destination === undefined) throw new RangeError("a rectangle without a pair");
  return [source, destination];
}
