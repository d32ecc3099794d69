import { PROTOCOLS } from "../net/service.ts";
import { type Cell, type FlowEnds, meetingOf } from "./cells.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Flow } from "./flow.ts";
import { compareVerdicts, type Judgement } from "./judgement.ts";
import type { Namer } from "./naming.ts";
import { rectanglesOf } from "./rectangles.ts";
import type { Span } from "./service-line.ts";
import { serviceWords } from "./service-words.ts";
import { Spans } from "./spans.ts";

/** One answer, and whom it concerns: everything in `from` with everything in `to` gets it for all of `services`. */
export interface Outcome extends Evaluation {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly services: readonly string[];
  /** One of the flows that get it; the judgements' words are about this one. */
  readonly flow: Flow;
}

/** A flow that was asked about, with its answer. */
export interface Answered {
  readonly flow: Flow;
  readonly evaluation: Evaluation;
  /** The services that get the same answer between the same ends. */
  readonly span: Span;
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
}

/** Gathers answers that are equal but for their ends and services. */
export class Outcomes {
  readonly #byAnswer = new Map<string, Map<Cell, Map<Cell, Answered[]>>>();

  add({ from, to }: Meeting, answered: Answered): void {
    const { verdict, egress, ingress } = answered.evaluation;
    const key = JSON.stringify([verdict, gist(egress), gist(ingress)]);
    this.#byAnswer
      .getOrInsertComputed(key, () => new Map())
      .getOrInsertComputed(from, () => new Map())
      .getOrInsertComputed(to, () => [])
      .push(answered);
  }

  /** The worst first. */
  list(parties: Parties): readonly Outcome[] {
    return [...this.#byAnswer.values()]
      .flatMap((pairs) => outcomesOf(pairs, parties))
      .sort((a, b) => compareVerdicts(b.verdict, a.verdict));
  }
}

/** What makes two judgements the same: not the host, but what it does and by which rule. */
function gist(judgement: Judgement | null) {
  if (judgement === null) return null;
  const { mode, verdict, rule } = judgement;
  return [mode, verdict, rule?.name];
}

function outcomesOf(
  pairs: ReadonlyMap<Cell, ReadonlyMap<Cell, readonly Answered[]>>,
  parties: Parties,
): readonly Outcome[] {
  const byServices = new Map<string, { spans: Spans; example: Answered; pairs: Map<Cell, Set<Cell>> }>();
  for (const [from, destinations] of pairs)
    for (const [to, answered] of destinations) {
      // People think of TCP.
      const example = answered.find(({ flow }) => flow.protocol === PROTOCOLS.tcp) ?? answered[0];
      if (example === undefined) continue;
      const spans = Spans.ofSpans(answered.map(({ span }) => span));
      byServices
        .getOrInsertComputed(spans.key, () => ({ spans, example, pairs: new Map() }))
        .pairs.getOrInsertComputed(from, () => new Set())
        .add(to);
    }
  return [...byServices.values()].flatMap(({ spans, example, pairs: alike }) =>
    rectanglesOf({ ...parties, pairs: alike, mayCount: (from, to) => meetingOf(from, to) === undefined }).map(
      ({ from, to, mayFrom, mayTo }): Outcome => ({
        ...example.evaluation,
        from: parties.fromNamer.labels(from, mayFrom),
        to: parties.toNamer.labels(to, mayTo),
        services: spans.key === parties.asked.key ? parties.askedWords : serviceWords(spans),
        flow: example.flow,
      }),
    ),
  );
}
