/** How many packets were denied beyond those of which the kernel tells singly: the counters of the denying rules know. */

import type { Loss } from "@bulkhead/shared/flow/record.ts";
import { ruleComment } from "@bulkhead/shared/nft/comment.ts";
import { DEFAULT_COMMENT } from "@bulkhead/shared/nft/denial.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { RuleCounter, RuleCounterRoom } from "../kernel/kernel.ts";

/** Milliseconds from one reading to the next, and how many times as long as it took: at most 1 % of a core. */
const PAUSE = 5000;
const PAUSE_FACTOR = 100;
/** A machine that stood still in between made it look long. */
const LONGEST_PAUSE = 60_000;
/** Milliseconds after a reading within which the kernel hands over what it had logged until then: it does so in portions. */
const LOG_DELAY = 200;

export interface CounterMoment {
  readonly now: number;
  readonly steady: number;
}

export class DeniedCounters {
  readonly #room: RuleCounterRoom;
  readonly #clock: () => number;
  #comments = new Set<string>();
  #isFollowing = false;
  #last = new Map<string, number>();
  /** Counted by the rules since the start; what was told, or lost and said; and what has been reported as beyond. */
  #counted = 0;
  #told = 0;
  #reported = 0;
  #toldAtReading = 0;
  #next = 0;
  #since = 0;
  #settles = Number.POSITIVE_INFINITY;

  constructor(room: RuleCounterRoom, clock: () => number) {
    this.#room = room;
    this.#clock = clock;
  }

  /** Other rules deny from now on. What they had counted before anybody watched is taken as known; rules that come later begin at 0. */
  follow(policy: HostPolicy | undefined): void {
    const isFirst = !this.#isFollowing;
    this.#isFollowing = true;
    const comments = deniedComments(policy);
    if (comments.symmetricDifference(this.#comments).size === 0) return;
    this.#comments = comments;
    this.#beginAnew(isFirst ? this.#read() : new Map());
  }

  /** Denied packets were told, or are known to be lost. */
  tell(packets: number): void {
    this.#told += packets;
  }

  /** Reads the counters where it is time to, and packets were denied since. */
  look({ now, steady }: CounterMoment): void {
    if (steady < this.#next || this.#told === this.#toldAtReading) return;
    const start = this.#clock();
    this.#toldAtReading = this.#told;
    const counters = this.#read();
    // A counter that went back is that of a new table, and what the old one had counted last is not known.
    const isNewTable = [...counters].some(([key, packets]) => packets < (this.#last.get(key) ?? 0));
    if (isNewTable) this.#beginAnew(counters);
    else for (const [key, packets] of counters) this.#counted += packets - (this.#last.get(key) ?? 0);
    this.#last = counters;
    this.#next = steady + Math.min(LONGEST_PAUSE, Math.max(PAUSE, (this.#clock() - start) * PAUSE_FACTOR));
    this.#settles = steady + LOG_DELAY;
    if (this.#since === 0) this.#since = now;
  }

  /** There is nothing more to read at the moment: where that is long enough after the last reading, gives what was counted and never told. */
  settle({ now, steady }: CounterMoment): Loss | undefined {
    if (steady < this.#settles) return undefined;
    this.#settles = Number.POSITIVE_INFINITY;
    const beyond = this.#counted - this.#told - this.#reported;
    const start = this.#since;
    this.#since = now;
    if (beyond <= 0) return undefined;
    this.#reported += beyond;
    return { start, end: now, what: "denied-beyond-rate", count: beyond };
  }

  #beginAnew(counters: Map<string, number>): void {
    this.#last = counters;
    this.#counted = this.#told + this.#reported;
  }

  #read(): Map<string, number> {
    const counters = new Map<string, number>();
    const positions = new Map<string, number>();
    for (const counter of this.#comments.size === 0 ? [] : this.#room.read()) {
      if (!this.#comments.has(wordOf(counter))) continue;
      const name = `${counter.chain} ${counter.comment}`;
      const position = positions.get(name) ?? 0;
      positions.set(name, position + 1);
      counters.set(`${position} ${name}`, counter.packets);
    }
    return counters;
  }
}

/** The default says of which direction it is by its chain only. */
function wordOf({ chain, comment }: RuleCounter): string {
  return comment === DEFAULT_COMMENT ? `${comment} ${chain}` : comment;
}

/** What the counters of packets that are denied, and not only would be, are called. */
function deniedComments(policy: HostPolicy | undefined): Set<string> {
  const comments = new Set<string>();
  if (policy === undefined) return comments;
  for (const direction of ["ingress", "egress"] as const) {
    if (policy.modes[direction] !== "enforce") continue;
    comments.add(`${DEFAULT_COMMENT} ${direction}`);
    for (const { action, direction: of, rule } of policy.rules)
      if (action === "deny" && of === direction) comments.add(ruleComment(rule));
  }
  return comments;
}
