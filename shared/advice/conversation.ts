/** What was seen, added up by who talked to whom over what: hosts by their names, all others by their addresses. */

import { serviceExpression } from "../flow/suggested-service.ts";
import type { Flow } from "../rules/flow.ts";
import { flowOf } from "./judge-recorded.ts";
import type { Habit, RecordedFlow } from "./recorded-flow.ts";

export interface Conversation {
  readonly from: Speaker;
  readonly to: Speaker;
  /** `tcp/5432`. */
  readonly service: string;
  /** One of its flows, to ask `evaluate()` about. */
  readonly sample: Flow;
  readonly flows: number;
  readonly connections: number;
  /** Of those, the ones that a host denied. */
  readonly denied: number;
  readonly first: number;
  readonly last: number;
  readonly days: number;
  readonly onlyQuietHours: boolean;
  /** Of the sender and of the listener; "" stands for one that was not recorded. */
  readonly fromUnits: ReadonlySet<string>;
  readonly toUnits: ReadonlySet<string>;
  readonly word: Word;
  /** Names of the hosts that said it. */
  readonly reporters: ReadonlySet<string>;
}

/** Whose word it is. A conversation has the best that any of its flows has. */
export type Word =
  /** Both ends said it. */
  | "both"
  /** One end said it; the other one does not report to us. */
  | "only-witness"
  /** Its source denied it, so that the other end knows nothing of it. */
  | "denied-at-source"
  /** One end said it although both report. */
  | "unconfirmed";

export interface Speaker {
  /** The name of the host that has the address. */
  readonly host: string | undefined;
  /** Canonical text; of a host, one of its addresses. */
  readonly address: string;
}

type Sums = {
  -readonly [Key in keyof Conversation]: Conversation[Key] extends ReadonlySet<string>
    ? Set<string>
    : Conversation[Key];
};

export class Conversations {
  readonly #most: number;
  readonly #hostAt: (address: string) => string | undefined;
  readonly #found = new Map<string, Sums>();

  /** `most`: so many are kept apart. */
  constructor(hostAt: (address: string) => string | undefined, most: number) {
    this.#hostAt = hostAt;
    this.#most = most;
  }

  /** Sorted, so that the same flows give the same answer in whatever order they come. */
  all(): readonly Conversation[] {
    return [...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, conversation]) => conversation);
  }

  /** False where there is no room for one more. */
  add(flow: RecordedFlow, word: Word, { days, onlyQuietHours }: Habit): boolean {
    const [from, to] = [this.#speaker(flow.source.address), this.#speaker(flow.destination.address)];
    const service = serviceExpression(flow);
    const key = `${from.host ?? from.address} ${to.host ?? to.address} ${service}`;
    const known = this.#found.get(key);
    if (known === undefined && this.#found.size >= this.#most) return false;
    const one = known ?? emptySums(flow, { from, to, service });
    if (known === undefined) this.#found.set(key, one);
    one.flows += 1;
    one.connections += flow.connections;
    if (flow.verdict === "deny") one.denied += flow.connections;
    one.first = Math.min(one.first, flow.start);
    one.last = Math.max(one.last, flow.end);
    one.days = Math.max(one.days, days);
    one.onlyQuietHours &&= onlyQuietHours;
    one.fromUnits.add(flow.source.unit ?? "");
    one.toUnits.add(flow.destination.unit ?? "");
    for (const said of [flow.egress, flow.ingress]) if (said !== null) one.reporters.add(said.host);
    if (WORDS.indexOf(word) < WORDS.indexOf(one.word)) one.word = word;
    return true;
  }

  #speaker(address: string): Speaker {
    return { host: this.#hostAt(address), address };
  }
}

const WORDS: readonly Word[] = ["both", "only-witness", "denied-at-source", "unconfirmed"];

function emptySums(
  flow: RecordedFlow,
  { from, to, service }: Pick<Conversation, "from" | "to" | "service">,
): Sums {
  return {
    ...{ from, to, service, sample: flowOf(flow), flows: 0, connections: 0, denied: 0 },
    ...{ first: flow.start, last: flow.end, days: 0, onlyQuietHours: true },
    ...{ fromUnits: new Set<string>(), toUnits: new Set<string>(), word: "unconfirmed" as const },
    reporters: new Set<string>(),
  };
}
