/** Finds what passes between cells, beyond what passes anyway. */

import type { Direction } from "../policy/policy.ts";
import { Answers, type ChangeOf, type Received, type Sent } from "./answers.ts";
import { BitSet } from "./bit-set.ts";
import type { ByProcess } from "./by-process.ts";
import type { Cell } from "./cells.ts";
import { type Difference, DifferenceBook } from "./difference-book.ts";
import { Fingerprints, numbering } from "./fingerprint.ts";
import type { Meetings } from "./meetings.ts";
import { DISREGARDED } from "./service-words.ts";
import type { Side } from "./side.ts";
import { Views } from "./views.ts";

/**
 * What passes on the next side and not on the old one, without what is never judged. Cost: as many pairs of cells as have an end whose own host judges differently
 * and of which a rule lets anything pass.
 */
export function differencesBetween(old: Side, next: Side, meetings: Meetings): readonly Difference[] {
  const number = numbering();
  const before = fingerprintsOf(old, number);
  const after = fingerprintsOf(next, number);
  return new Inquiry([old, next], meetings, {
    concerns: (end, direction) => before(end, direction) !== after(end, direction),
    changeOf: ([then = DISREGARDED, now = then]) => ({ before: then.union(DISREGARDED), after: now }),
  }).differences();
}

/** What passes where a host judges, without what is never judged. */
export function passingOn(side: Side, meetings: Meetings): readonly Difference[] {
  return new Inquiry([side], meetings, {
    concerns: (end) => side.policyAt(end) !== undefined,
    changeOf: ([now = DISREGARDED]) => ({ before: DISREGARDED, after: now }),
  }).differences();
}

interface Asked {
  /** Whether an end's own host has something to say in this direction; equal for all ends of a cell. */
  concerns(end: string, direction: Direction): boolean;
  readonly changeOf: ChangeOf;
}

/** What a receiver says of one of whom it does not say the usual. */
interface Exceptional {
  readonly to: number;
  readonly received: Received;
}

/** Of cells as senders and the same cells as receivers. */
class Inquiry {
  readonly #cells: readonly Cell[];
  readonly #meetings: Meetings;
  readonly #views: Views;
  readonly #answers: Answers;
  readonly #isSending: readonly boolean[];
  readonly #isReceiving: readonly boolean[];
  /** By receiver. */
  readonly #usual: Received[] = [];
  /** By sender. */
  readonly #exceptions: readonly Exceptional[][];

  constructor(sides: readonly Side[], meetings: Meetings, { concerns, changeOf }: Asked) {
    this.#cells = meetings.sources;
    this.#meetings = meetings;
    this.#views = new Views(sides, this.#cells);
    this.#answers = new Answers(sides, changeOf);
    const concerned = (direction: Direction) =>
      this.#cells.map(({ examples: [one] }) => one !== undefined && concerns(one.text, direction));
    this.#isSending = concerned("egress");
    this.#isReceiving = concerned("ingress");
    this.#exceptions = this.#cells.map(() => []);
  }

  differences(): readonly Difference[] {
    const book = new DifferenceBook();
    const everybody = [...this.#cells.keys()];
    const receiving = everybody.filter((to) => this.#isReceiving[to]);
    const sending = everybody.filter((from) => this.#isSending[from]);
    for (const to of sending.length > 0 ? everybody : receiving) this.#hear(to);
    for (const from of receiving.length > 0 ? everybody : sending) {
      const row = this.#rowsFrom(from, this.#isSending[from] ? everybody : receiving);
      for (const [those, to] of row) book.add(those, from, to);
    }
    return book.list();
  }

  /** Learns what a receiver says of those that concern it or that it concerns. */
  #hear(to: number): void {
    const { usual, exceptions } = this.#views.of(to, "ingress");
    this.#usual[to] = this.#answers.received(usual);
    for (const { judged, peers } of exceptions) {
      const concerned = this.#isReceiving[to] ? peers : peers.filter((from) => this.#isSending[from]);
      if (concerned.length === 0) continue;
      const received = this.#answers.received(judged);
      for (const from of concerned) this.#exceptions[from]?.push({ to, received });
    }
  }

  /** What is new from one cell, and to which ones. */
  #rowsFrom(from: number, receivers: readonly number[]): ReadonlyMap<readonly ByProcess[], BitSet> {
    const rows = new Map<readonly ByProcess[], BitSet>();
    const impossible = this.#meetings.outOfReachOf(from);
    const arriving = this.#arrivingFrom(from);
    this.#sendAll(from, receivers, (sent, to) => {
      const received = arriving(to);
      const those = received === undefined ? [] : this.#answers.between(sent, received);
      if (those.length > 0 && !impossible.has(to))
        rows.getOrInsertComputed(those, () => new BitSet(this.#cells.length)).add(to);
    });
    return rows;
  }

  /** Where nothing passes but by exception, the exceptions are all that must be looked at. */
  #sendAll(from: number, receivers: readonly number[], send: (sent: Sent, to: number) => void): void {
    const { usual, exceptions } = this.#views.of(from, "egress");
    const odd = new Map<number, Sent>();
    for (const { judged, peers } of exceptions) {
      const concerned = this.#isSending[from] ? peers : peers.filter((to) => this.#isReceiving[to]);
      if (concerned.length === 0) continue;
      const sent = this.#answers.sent(judged);
      for (const to of concerned) odd.set(to, sent);
    }
    const sent = this.#answers.sent(usual);
    if (sent.isBarren) for (const [to, other] of odd) send(other, to);
    else for (const to of receivers) send(odd.get(to) ?? sent, to);
  }

  #arrivingFrom(from: number): (to: number) => Received | undefined {
    const odd = new Map(this.#exceptions[from]?.map(({ to, received }) => [to, received]));
    return odd.size === 0 ? (to) => this.#usual[to] : (to) => odd.get(to) ?? this.#usual[to];
  }
}

function fingerprintsOf(side: Side, number: ReturnType<typeof numbering>) {
  const fingerprints = new Fingerprints(number, side.now);
  return (end: string, direction: Direction): number => {
    const policy = side.policyAt(end);
    return policy === undefined ? 0 : fingerprints.of(policy, direction);
  };
}
