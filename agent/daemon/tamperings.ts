/** Changes of our table that others made: who, what, and how long it took to mend them. */

import type { Difference } from "../apply/drift.ts";
import type { RulesetEvent } from "../kernel/events.ts";

export interface TamperingRecord {
  /** ISO 8601. */
  readonly at: string;
  readonly by?: { readonly pid: number; readonly name: string };
  readonly what: readonly string[];
  mendedAt?: string;
  milliseconds?: number;
}

/** So many within a minute, and somebody works against us. */
const STORM = 10;
const STORM_MILLISECONDS = 60_000;
const MOST_WORDS = 20;

export class Tamperings {
  readonly #now: () => number;
  #count = 0;
  #last: TamperingRecord | undefined;
  #lately: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get count(): number {
    return this.#count;
  }

  get last(): Readonly<TamperingRecord> | undefined {
    return this.#last;
  }

  /** Whether somebody goes on and on. */
  get isStorm(): boolean {
    const since = this.#now() - STORM_MILLISECONDS;
    this.#lately = this.#lately.filter((at) => at > since);
    return this.#lately.length >= STORM;
  }

  /** Seen at `at`: what the kernel said of the commit, and what differs from what was loaded. */
  seen(at: number, event: RulesetEvent | undefined, differences: readonly Difference[]): TamperingRecord {
    const words = differences.flatMap(({ object, lines }) => lines.map((line) => `${object}: ${line}`));
    const what = (words.length > 0 ? words : [...(event?.ours ?? ["the table is gone"])]).slice(
      0,
      MOST_WORDS,
    );
    this.#count += 1;
    this.#lately.push(at);
    this.#last = {
      at: new Date(at).toISOString(),
      ...(event?.by !== undefined && { by: event.by }),
      what,
    };
    return this.#last;
  }

  /** Our rules were in the kernel again at `now`. */
  mended(record: TamperingRecord, now = this.#now()): void {
    record.mendedAt = new Date(now).toISOString();
    record.milliseconds = now - Date.parse(record.at);
  }
}
