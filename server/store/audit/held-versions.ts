/** Which version of the policy a host was known to hold, and when: by what it said itself. */

import type { Database } from "../database.ts";

export interface Span {
  /** Milliseconds since 1970-01-01T00:00Z, both included. */
  readonly start: number;
  readonly end: number;
}

interface Held {
  readonly version: number;
  /** From when on, until the next. */
  readonly at: number;
}

/** A host that is cut off keeps its rules, so what it said last holds until it says something else. */
const SAID = `SELECT * FROM (SELECT id, at, version FROM host_report WHERE host = @host AND version IS NOT NULL AND at < @start ORDER BY at DESC, id DESC LIMIT 1)
  UNION ALL SELECT * FROM (SELECT id, at, version FROM host_report WHERE host = @host AND version IS NOT NULL AND at >= @start AND at <= @end ORDER BY at, id)`;

/** For one answer: what was read of a host is not read again. */
export class HeldVersions {
  readonly #said: ReturnType<Database["prepare"]>;
  readonly #span: Span;
  readonly #later: (host: string) => readonly Held[];
  readonly #hosts = new Map<string, readonly Held[]>();

  /** @param later what hosts have said and nobody has written down yet, in the order of time. */
  constructor(database: Database, span: Span, later: (host: string) => readonly Held[]) {
    this.#said = database.prepare(SAID);
    this.#span = span;
    this.#later = later;
  }

  /** In the order in which it held them; none where nothing is known. Both ends lie in the span that it was made for. */
  between(host: string, { start, end }: Span): number[] {
    const all = this.#hosts.getOrInsertComputed(host, () => this.#read(host));
    const first = all.findLastIndex(({ at }) => at <= start);
    const some = all.slice(Math.max(0, first)).filter(({ at }) => at <= end);
    return [...new Set(some.map(({ version }) => version))];
  }

  #read(host: string): readonly Held[] {
    const rows = this.#said.all({ host, ...this.#span }) as Held[];
    return [...rows, ...this.#later(host)].filter(({ version }, at, all) => all[at - 1]?.version !== version);
  }
}
