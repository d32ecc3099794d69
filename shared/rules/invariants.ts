/** Proves what a policy says that nobody may ever do, or everybody must be able to: for every host, every address, every service and every process. */

import { AddressSet } from "../net/address-set.ts";
import type { Place } from "../policy/place.ts";
import { ANY, ANY_HOST, type Invariant } from "../policy/policy.ts";
import { BitSet } from "./bit-set.ts";
import { type ByProcess, byProcess } from "./by-process.ts";
import { type Cell, type Ends, meetingOf, World } from "./cells.ts";
import { type Difference, DifferenceBook } from "./difference-book.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { Flow } from "./flow.ts";
import { AS_SAID } from "./judge.ts";
import { Meetings } from "./meetings.ts";
import { Namer } from "./naming.ts";
import { Passings, processesOf } from "./passing.ts";
import { QuestionReader } from "./question.ts";
import { describeReach, type Reach } from "./reach-words.ts";
import type { ResolvedPolicy } from "./resolve.ts";
import { saidSide } from "./resolved-side.ts";
import { exampleOf } from "./service-line.ts";
import { DISREGARDED } from "./service-words.ts";
import type { Noun, Side } from "./side.ts";
import type { Situation } from "./situation.ts";
import { Spans } from "./spans.ts";
import type { Process } from "./spectrum.ts";

export interface InvariantResult {
  readonly kind: Invariant["kind"];
  readonly name: string;
  readonly place: Place;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly services: readonly string[];
  readonly unit?: string;
  readonly user?: string;
  readonly holds: boolean;
  /** All that breaks it: what gets through and never may, or what does not and always must. Empty where it holds. */
  readonly broken: readonly Reach[];
  /** One flow that breaks it, and what becomes of it; undefined where it holds. */
  readonly example: BrokenBy | undefined;
  /** Why it is broken, one sentence for each host that decided so; where it holds as nobody was there to ask about, that. */
  readonly reasons: readonly string[];
}

export interface BrokenBy extends Evaluation {
  readonly flow: Flow;
}

/**
 * They are about what the policy says, as its tests are: on hosts that only observe, what `enforce` would deny counts as denied. What no host judges gets through.
 * Exact at the time of `resolved`; what a DNS name resolves to no policy knows, so a name is an end of its own.
 */
export function proveInvariants(resolved: ResolvedPolicy): readonly InvariantResult[] {
  const { invariants } = resolved.policy;
  if (invariants.length === 0) return [];
  const prover = new Prover(resolved);
  return invariants.map((invariant) => prover.prove(invariant));
}

/** What it learns for one invariant serves the next. */
class Prover {
  readonly #resolved: ResolvedPolicy;
  readonly #reader: QuestionReader;
  readonly #side: Side;
  readonly #world: World;
  readonly #passings: Passings;

  constructor(resolved: ResolvedPolicy) {
    this.#resolved = resolved;
    this.#reader = new QuestionReader(resolved);
    const side = saidSide(resolved);
    this.#side = { ...side, blocks: [...side.blocks, ...this.#blocks(resolved)] };
    this.#world = new World([this.#side]);
    this.#passings = new Passings(this.#side);
  }

  prove(invariant: Invariant): InvariantResult {
    const { kind, name, place, from, to, serviceText, unit, user } = invariant;
    const sources = this.#cells(from);
    const destinations = this.#cells(to);
    const meetings = new Meetings(sources, destinations);
    const broken = this.#broken(invariant, meetings);
    const [first] = broken;
    const example = first && this.#example(invariant, first, meetings);
    const nobody = sources.length === 0 || destinations.length === 0;
    return {
      ...{ kind, name, place, from, to, services: serviceText },
      ...(unit === undefined ? {} : { unit }),
      ...(user === undefined ? {} : { user }),
      holds: first === undefined,
      broken: this.#words(broken, meetings),
      example,
      reasons: example === undefined ? (nobody ? [NOBODY] : []) : reasonsFor(example),
    };
  }

  #broken(invariant: Invariant, { sources, destinations }: Meetings): readonly Difference[] {
    const asked = askedOf(invariant);
    const known = new Map<string, readonly ByProcess[]>();
    const book = new DifferenceBook();
    sources.forEach((source, from) => {
      const rows = new Map<readonly ByProcess[], BitSet>();
      destinations.forEach((destination, to) => {
        const ends = meetingOf(source, destination);
        if (ends === undefined) return;
        const situation = this.#passings.situation(ends);
        const those = known.getOrInsertComputed(situation.key, () =>
          this.#brokenIn(situation, invariant, asked),
        );
        rows.getOrInsertComputed(those, () => new BitSet(destinations.length)).add(to);
      });
      for (const [those, to] of rows) book.add(those, from, to);
    });
    return book.list();
  }

  #brokenIn(situation: Situation, invariant: Invariant, asked: Spans): readonly ByProcess[] {
    return byProcess(processesAsked(situation, invariant), (process) => {
      const { passes } = this.#passings.of(situation, process);
      const after = invariant.kind === "never" ? passes.intersect(asked) : asked.subtract(passes);
      return { before: Spans.none, after };
    });
  }

  #example(
    { unit, user }: Invariant,
    { rows, process, services }: Difference,
    { sources, destinations }: Meetings,
  ): BrokenBy {
    const [[at, row] = []] = rows;
    const from = sources[at ?? 0];
    const to = destinations[row?.first ?? 0];
    const ends = from && to && meetingOf(from, to);
    if (ends === undefined) throw new RangeError("a pair of ends that cannot meet");
    const sender = { unit: process.unit ?? unit, user: process.user ?? user };
    const flow: Flow = {
      ...ends,
      ...exampleOf(services.spans),
      ...(sender.unit === undefined ? {} : { unit: sender.unit }),
      ...(sender.user === undefined ? {} : { user: sender.user }),
    };
    return { flow, ...evaluate(this.#resolved, flow, AS_SAID) };
  }

  /** What is asked about and is no host's has a name too. */
  #blocks({ policy, hosts }: ResolvedPolicy): readonly Noun[] {
    const labels = new Set(policy.invariants.flatMap(({ from, to }) => [...from, ...to]));
    return [...labels]
      .filter((label) => label !== ANY && label !== ANY_HOST && !hosts.has(label))
      .filter((label) => policy.segments.get(label)?.kind !== "select")
      .map((label) => ({ label, addresses: this.#reader.end(label).addresses, names: new Set<string>() }))
      .filter(({ addresses }) => !addresses.isEmpty);
  }

  /** All the cells that any of these names speaks of. */
  #cells(labels: readonly string[]): readonly Cell[] {
    const ends = labels.map((label) => this.#reader.end(label));
    const all: Ends = {
      addresses: AddressSet.of(ends.flatMap(({ addresses }) => addresses.ranges)),
      names: [...new Set(ends.flatMap(({ names }) => [...names]))],
    };
    return this.#world.cells(all);
  }

  #words(broken: readonly Difference[], meetings: Meetings): readonly Reach[] {
    if (broken.length === 0) return [];
    const vocabulary = { nouns: this.#side.nouns, everything: this.#world.everything };
    return describeReach(broken, {
      meetings,
      fromNamer: new Namer(meetings.sources, vocabulary),
      toNamer: new Namer(meetings.destinations, vocabulary),
    });
  }
}

const NOBODY = "nobody is there whom it speaks of, so nothing was asked";

/** Without those services that are never judged, unless there are no others. */
function askedOf({ service }: Invariant): Spans {
  const all = Spans.of(service);
  const judged = all.subtract(DISREGARDED);
  return judged.isEmpty ? all : judged;
}

/** The senders that the situation tells apart, of those that the invariant speaks of. */
function processesAsked(situation: Situation, { unit, user }: Invariant): readonly Process[] {
  const named = processesOf([situation]);
  if (unit === undefined && user === undefined) return named;
  const units = unit === undefined ? [...new Set(named.map((one) => one.unit))] : [unit];
  const users = user === undefined ? [...new Set(named.map((one) => one.user))] : [user];
  return units.flatMap((one) => users.map((other) => ({ unit: one, user: other })));
}

/** What the hosts said that decided it; what all said where none denied. */
function reasonsFor({ verdict, egress, ingress, flow }: BrokenBy): readonly string[] {
  const judgements = [egress, ingress].filter((judgement) => judgement !== null);
  const deciding = verdict === "allow" ? judgements : judgements.filter((one) => one.verdict !== "allow");
  if (deciding.length > 0) return deciding.map(({ why }) => why);
  return [`no host judges what passes from ${flow.source} to ${flow.destination}`];
}
