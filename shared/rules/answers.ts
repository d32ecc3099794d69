/** What passes by one host's word, for every service at once; equal words are one. */

import { type ByProcess, byProcess, type Change } from "./by-process.ts";
import type { HostRule } from "./host-policy.ts";
import { processesIn } from "./processes.ts";
import { DISREGARDED } from "./service-words.ts";
import type { Side } from "./side.ts";
import type { Judged } from "./situation.ts";
import type { Spans } from "./spans.ts";
import { type Process, passing, spectrumOf, UNNAMED } from "./spectrum.ts";
import type { View } from "./views.ts";

/** What may leave, by the process that sends. */
export interface Sent {
  /** Equal for equal ones; from 0 on, as few as there are. */
  readonly number: number;
  /** Nothing that counts passes after the change, whatever the receiver says. */
  readonly isBarren: boolean;
  readonly passes: readonly { readonly process: Process; readonly bySide: readonly Spans[] }[];
}

/** What may arrive. */
export interface Received {
  readonly number: number;
  readonly isBarren: boolean;
  readonly bySide: readonly Spans[];
}

/** What a change is, given what passes on each side. `after` is what passes on the last side. */
export type ChangeOf = (bySide: readonly Spans[]) => Change;

export class Answers {
  readonly #sides: readonly Side[];
  readonly #changeOf: ChangeOf;
  readonly #ruleNumbers = new Map<HostRule, number>();
  readonly #sent = new Pool<Sent>();
  readonly #received = new Pool<Received>();
  readonly #between: (readonly ByProcess[])[][] = [];

  constructor(sides: readonly Side[], changeOf: ChangeOf) {
    this.#sides = sides;
    this.#changeOf = changeOf;
  }

  sent(judged: View["usual"]): Sent {
    return this.#sent.of(this.#keyOf(judged), () => {
      const passes = processesIn(judged.flatMap((one) => one?.rules ?? [])).map((process) => ({
        process,
        bySide: this.#passing(judged, "egress", process),
      }));
      const key = passes.map(({ process, bySide }) => [process.unit, process.user, keysOf(bySide)]);
      const isBarren = passes.every(({ bySide }) => isNothing(bySide));
      return { key: JSON.stringify(key), value: { isBarren, passes } };
    });
  }

  received(judged: View["usual"]): Received {
    return this.#received.of(this.#keyOf(judged), () => {
      const bySide = this.#passing(judged, "ingress", UNNAMED);
      return { key: JSON.stringify(keysOf(bySide)), value: { isBarren: isNothing(bySide), bySide } };
    });
  }

  /** What is new where one sends this and the other lets that in. The same object for the same two. */
  between(sent: Sent, received: Received): readonly ByProcess[] {
    let row = this.#between[sent.number];
    if (row === undefined) {
      row = [];
      this.#between[sent.number] = row;
    }
    row[received.number] ??= this.#find(sent, received);
    return row[received.number] ?? NOTHING;
  }

  #find(sent: Sent, received: Received): readonly ByProcess[] {
    if (sent.isBarren || received.isBarren) return NOTHING;
    const passes = new Map(sent.passes.map(({ process, bySide }) => [process, bySide]));
    return byProcess([...passes.keys()], (process) => {
      const bySide = passes.get(process) ?? [];
      return this.#changeOf(
        received.bySide.map((arriving, side) => bySide[side]?.intersect(arriving) ?? arriving),
      );
    });
  }

  #passing(judged: View["usual"], direction: "egress" | "ingress", process: Process): readonly Spans[] {
    return judged.map((one, side) =>
      passing(spectrumOf(one, direction, { process, now: this.#sides[side]?.now })),
    );
  }

  #keyOf(judged: View["usual"]): string {
    const numberOf = (rule: HostRule) =>
      this.#ruleNumbers.getOrInsertComputed(rule, () => this.#ruleNumbers.size);
    const keyOf = (one: Judged | undefined) =>
      one === undefined ? "" : `${one.mode} ${one.rules.map(numberOf).join(" ")}`;
    return judged.map(keyOf).join("/");
  }
}

const NOTHING: readonly ByProcess[] = [];

function isNothing(bySide: readonly Spans[]): boolean {
  return bySide.at(-1)?.subtract(DISREGARDED).isEmpty ?? true;
}

function keysOf(bySide: readonly Spans[]): readonly string[] {
  return bySide.map(({ key }) => key);
}

/** Gives one object to all that are equal, however they were come by. */
class Pool<T extends { readonly number: number }> {
  readonly #byCause = new Map<string, T>();
  readonly #byContent = new Map<string, T>();

  of(cause: string, make: () => { readonly key: string; readonly value: Omit<T, "number"> }): T {
    return this.#byCause.getOrInsertComputed(cause, () => {
      const { key, value } = make();
      return this.#byContent.getOrInsertComputed(
        key,
        () => ({ ...value, number: this.#byContent.size }) as unknown as T,
      );
    });
  }
}
