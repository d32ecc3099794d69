/** Questions about a policy, as `explain` and the policy's own tests ask them. */

import { parseAddress } from "../net/address.ts";
import { AddressSet } from "../net/address-set.ts";
import { single } from "../net/range.ts";
import { ANY } from "../policy/policy.ts";
import { type Cell, type FlowEnds, meetingOf, WORLD, World } from "./cells.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { AS_ENFORCED, type Denied } from "./judge.ts";
import { compareVerdicts } from "./judgement.ts";
import { Meetings } from "./meetings.ts";
import { Namer } from "./naming.ts";
import { type Answered, type Meeting, type Outcome, Outcomes } from "./outcomes.ts";
import { isOne, piecesOf } from "./pieces.ts";
import { type AskedEnd, type Question, QuestionReader } from "./question.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import { resolvedSide } from "./resolved-side.ts";
import { exampleOf } from "./service-line.ts";
import type { Side } from "./side.ts";
import { type Situation, Situations } from "./situation.ts";
import type { Spans } from "./spans.ts";

/** The worst of all answers, and all of them. */
export interface Answer extends Evaluation {
  /** Every different answer, the worst first; none where an end has no members. */
  readonly outcomes: readonly Outcome[];
}

/** A question, its names looked up. */
interface Asked {
  readonly question: Question;
  readonly from: AskedEnd;
  readonly to: AskedEnd;
  readonly services: Spans;
}

/** Answers questions about one policy; what it learns for one question serves the next. */
export class Asker {
  readonly #resolved: ResolvedPolicy;
  readonly #denied: Denied;
  readonly #reader: QuestionReader;
  readonly #situations: Situations;
  /** Made for the first question that is not about single hosts and addresses. */
  #cut: { readonly side: Side; readonly world: World } | undefined;

  /** @param denied what becomes of a flow that the policy denies. */
  constructor(resolved: ResolvedPolicy, denied: Denied = AS_ENFORCED) {
    this.#resolved = resolved;
    this.#denied = denied;
    this.#reader = new QuestionReader(resolved);
    this.#situations = new Situations((address) => {
      const host = resolved.inventory.hostOf(address);
      return host && resolved.hostPolicy(host.name);
    });
  }

  /** The worst answer alone: quick where each end is one host or one address. Throws as `ask` does. */
  evaluate(question: Question): Evaluation {
    const from = this.#reader.addresses(question.from);
    const to = this.#reader.addresses(question.to);
    if (from === undefined || to === undefined) return this.ask(question);
    const services = this.#reader.service(question.service);
    const answers = flowEnds(from, to).flatMap((ends) =>
      isOne(services)
        ? this.#answer(question, ends, services)
        : this.#answers({ question, services }, ends, this.#situations.between(ends)),
    );
    return worstOf(answers.map(({ evaluation }) => evaluation));
  }

  /** All answers. Throws `command/unknown-end` or `command/unknown-service`, with the nearest name that is known. */
  ask(question: Question): Answer {
    const outcomes = this.#outcomes(this.#read(question));
    return { ...worstOf(outcomes), outcomes };
  }

  #read(question: Question): Asked {
    return {
      question,
      from: this.#reader.end(question.from),
      to: this.#reader.end(question.to),
      services: this.#reader.service(question.service),
    };
  }

  #outcomes(asked: Asked): readonly Outcome[] {
    const { question, from, to, services } = asked;
    const outcomes = new Outcomes();
    const sources = this.#cells(from);
    const destinations = this.#cells(to);
    const known = new Map<string, readonly Answered[]>();
    for (const meeting of meetingsBetween(sources, destinations)) {
      const situation = this.#situations.between(meeting.ends);
      const key = this.#keyOf(situation, meeting.ends);
      const answers = known.getOrInsertComputed(key, () => this.#answers(asked, meeting.ends, situation));
      for (const answered of answers) outcomes.add(meeting, answered);
    }
    return outcomes.list({
      meetings: new Meetings(sources, destinations),
      fromNamer: this.#namer(from, sources),
      toNamer: this.#namer(to, destinations),
      asked: services,
      askedWords: typeof question.service === "string" ? [question.service] : question.service,
      answer: ([source, destination], some) =>
        this.#answer(question, meetingFor(sources[source], destinations[destination]), some),
    });
  }

  #answers(
    { question, services }: Pick<Asked, "question" | "services">,
    ends: FlowEnds,
    situation: Situation,
  ): readonly Answered[] {
    return piecesOf(services, situation).map((piece) => this.#answer(question, ends, piece));
  }

  /** Hosts of which the policy says nothing are off, and stay off where others are asked what the policy says. */
  #keyOf({ key }: Situation, ends: FlowEnds): string {
    const isSpokenOf = (end: string) => this.#resolved.inventory.hostOf(end)?.segments.length !== 0;
    return `${key} ${isSpokenOf(ends.source)} ${isSpokenOf(ends.destination)}`;
  }

  #answer({ unit, user }: Question, ends: FlowEnds, services: Spans): Answered {
    const flow = {
      ...ends,
      ...exampleOf(services.spans),
      ...(unit === undefined ? {} : { unit }),
      ...(user === undefined ? {} : { user }),
    };
    return { flow, services, evaluation: evaluate(this.#resolved, flow, this.#denied) };
  }

  #cells(end: AskedEnd): readonly Cell[] {
    if (end.texts === undefined) return this.#world().world.cells(end);
    return end.texts.map((text) => this.#soleCell(text));
  }

  /** A cell of one address or DNS name, for which the world need not be cut. */
  #soleCell(text: string): Cell {
    const address = parseAddress(text);
    const owner = this.#resolved.inventory.hostOf(text)?.name;
    return {
      key: text,
      addresses: AddressSet.of(address === undefined ? [] : [single(address)]),
      names: address === undefined ? [text] : [],
      examples: [{ text, family: address?.family, owners: [owner] }],
      block: undefined,
    };
  }

  #namer(end: AskedEnd, cells: readonly Cell[]): Namer {
    const asked = { label: end.label, addresses: end.addresses, names: new Set(end.names) };
    if (end.texts !== undefined)
      return new Namer(cells, { nouns: { sets: [], hosts: [] }, everything: NOTHING_ELSE, asked });
    const { side, world } = this.#world();
    return new Namer(cells, {
      ...{ nouns: side.nouns, everything: world.everything, within: end.addresses },
      ...(end.label === ANY ? {} : { asked }),
    });
  }

  #world(): { readonly side: Side; readonly world: World } {
    if (this.#cut === undefined) {
      const side = resolvedSide(this.#resolved);
      this.#cut = { side, world: new World([side]) };
    }
    return this.#cut;
  }
}

/** All pairs of one family. Where no family is common, the first addresses stand for both ends: the policy has something to say even then. */
function flowEnds(from: readonly string[], to: readonly string[]): readonly FlowEnds[] {
  const pairs = from.flatMap((source) => to.map((destination) => ({ source, destination })));
  const ofOneFamily = pairs.filter((ends) => ends.source.includes(":") === ends.destination.includes(":"));
  return ofOneFamily.length > 0 ? ofOneFamily : pairs.slice(0, 1);
}

/** As `flowEnds`, for cells. */
function meetingsBetween(sources: readonly Cell[], destinations: readonly Cell[]): readonly Meeting[] {
  const meeting = sources.flatMap((source, from) =>
    destinations.flatMap((destination, to) => {
      const ends = meetingOf(source, destination);
      return ends === undefined ? [] : { from, to, ends };
    }),
  );
  if (meeting.length > 0 || sources.length === 0 || destinations.length === 0) return meeting;
  return [{ from: 0, to: 0, ends: meetingFor(sources[0], destinations[0]) }];
}

function meetingFor(from: Cell | undefined, to: Cell | undefined): FlowEnds {
  const ends = from && to && meetingOf(from, to);
  return ends ?? { source: from?.examples[0]?.text ?? "", destination: to?.examples[0]?.text ?? "" };
}

function worstOf(evaluations: readonly Evaluation[]): Evaluation {
  const { verdict, egress, ingress } = evaluations.reduce(
    (worst, one) => (compareVerdicts(one.verdict, worst.verdict) > 0 ? one : worst),
    evaluations[0] ?? NOBODY,
  );
  return { verdict, egress, ingress };
}

/** Of nobody, nothing is denied. */
const NOBODY: Evaluation = { verdict: "allow", egress: null, ingress: null };

const NOTHING_ELSE = { addresses: WORLD, names: [] };
