/** Whether the chain of events is whole, from the first to the last, in bounded memory. */

import type { Database } from "../database.ts";
import type { ChainHead } from "../estate/event-store.ts";
import { type ChainedRow, chainHash, NOTHING_BEFORE } from "./event-chain.ts";

/** The first place where the log is not what it was. */
export interface ChainFault {
  /**
   * `entry`: the entry was altered, or the one before it together with its hash; `hash`: its hash alone was; `missing`: entries before it were taken out;
   * `cut`: the log ends before the entry that was kept elsewhere; `replaced`: the entry is not the one that was kept elsewhere; `unreadable`: the file is damaged.
   */
  readonly what: "entry" | "hash" | "missing" | "cut" | "replaced" | "unreadable";
  /** Of the entry. */
  readonly number: number;
  /** What it says of its time, milliseconds since 1970-01-01T00:00Z; null where there is no such entry. */
  readonly at: number | null;
  /** The hash that is there, hexadecimal, and the one that should be; for `missing` the entry before. */
  readonly found: string;
  readonly expected: string;
  readonly words: string;
}

export interface ChainVerdict {
  readonly whole: boolean;
  readonly entries: number;
  /** The last entry, as it is there; null for an empty log. */
  readonly head: ChainHead | null;
  /** Entries that were there before the log was chained: they were taken as they were found. */
  readonly unchained: number;
  readonly fault: ChainFault | null;
  /** How many places are wrong. */
  readonly faults: number;
}

export interface ChainCheckOptions {
  /** Entries that were kept elsewhere: they have to be in the log just so. */
  readonly kept?: readonly ChainHead[];
  readonly progress?: (entries: number) => void;
}

const ROWS = `SELECT id, at, CAST(kind AS BLOB), CAST(who AS BLOB), CAST(about AS BLOB), CAST(facts AS BLOB),
  CAST(credential AS BLOB), CAST(address AS BLOB), CAST(hash AS BLOB),
  typeof(kind) || typeof(who) || typeof(about) || typeof(facts) || coalesce(nullif(typeof(credential), 'null'), 'text') ||
  coalesce(nullif(typeof(address), 'null'), 'text') || typeof(hash) FROM event ORDER BY id`;
const TYPES = `${"text".repeat(6)}blob`;
const BEGUN =
  "SELECT json_extract(facts, '$.entries') FROM event WHERE kind = 'audit-chain-begun' ORDER BY id LIMIT 1";
const PROGRESS_ENTRIES = 50_000;

type Raw = [
  ...[id: number, at: number, kind: Buffer, who: Buffer, about: Buffer, facts: Buffer],
  ...[credential: Buffer | null, address: Buffer | null, hash: Buffer, types: string],
];

/** Reads the log as it is at this moment; whoever writes goes on. */
export function checkChain(database: Database, options: ChainCheckOptions = {}): ChainVerdict {
  const check = new ChainCheck(options);
  database.exec("BEGIN");
  try {
    for (const row of database.prepare(ROWS).raw().iterate() as IterableIterator<Raw>) check.take(row);
    check.end();
  } catch (error) {
    check.unreadable(error);
  } finally {
    database.exec("ROLLBACK");
  }
  return { ...check.verdict(), unchained: unchainedIn(database) };
}

class ChainCheck {
  readonly #kept: ReadonlyMap<number, string>;
  readonly #progress: (entries: number) => void;
  #entries = 0;
  #faults = 0;
  #fault: ChainFault | undefined;
  #before: { id: number; at: number | null; hash: Buffer; computed: Buffer } = {
    ...{ id: 0, at: null },
    ...{ hash: NOTHING_BEFORE, computed: NOTHING_BEFORE },
  };

  constructor({ kept = [], progress = () => {} }: ChainCheckOptions) {
    this.#kept = new Map(kept.map(({ number, hash }) => [number, hash]));
    this.#progress = progress;
  }

  take([id, at, kind, who, about, facts, credential, address, hash, types]: Raw): void {
    const row: ChainedRow = { id, at, kind, who, about, facts, credential, address };
    const before = this.#before;
    const computed = chainHash(before.hash, row);
    if (types !== TYPES || !computed.equals(hash)) this.#wrong(row, { computed, hash });
    const kept = this.#kept.get(id);
    if (kept !== undefined && kept !== hash.toString("hex")) {
      const words = `${nameOf({ number: id, at })} is not the one that was kept elsewhere: it and perhaps all before it were replaced`;
      this.#add({ what: "replaced", number: id, at, found: hash.toString("hex"), expected: kept, words });
    }
    this.#before = { id, at, hash, computed };
    this.#entries++;
    if (this.#entries % PROGRESS_ENTRIES === 0) this.#progress(this.#entries);
  }

  end(): void {
    const { id, hash } = this.#before;
    for (const [number, expected] of this.#kept)
      if (number > id)
        this.#add({
          ...{ what: "cut", number, at: null, found: hash.toString("hex"), expected },
          words: `the log ends at entry ${id}, and entry ${number} was kept elsewhere: its end was cut off`,
        });
  }

  unreadable(error: unknown): void {
    const { id, at, hash } = this.#before;
    const words = `after entry ${id} the file is damaged: ${error instanceof Error ? error.message : String(error)}`;
    this.#add({
      ...{ what: "unreadable", number: id + 1, at, found: "", expected: hash.toString("hex") },
      words,
    });
  }

  verdict(): Omit<ChainVerdict, "unchained"> {
    const { id, hash } = this.#before;
    return {
      whole: this.#faults === 0,
      entries: this.#entries,
      head: id === 0 ? null : { number: id, hash: hash.toString("hex") },
      fault: this.#fault ?? null,
      faults: this.#faults,
    };
  }

  #wrong(row: ChainedRow, { computed, hash }: { readonly computed: Buffer; readonly hash: Buffer }): void {
    const before = this.#before;
    // Where the entry follows from what the one before should bear, that one's hash alone was altered: one place, and named already.
    if (!before.computed.equals(before.hash) && chainHash(before.computed, row).equals(hash)) {
      if (this.#fault?.number === before.id)
        this.#fault = {
          ...this.#fault,
          what: "hash",
          words: `the hash of ${nameOf(this.#fault)} was altered`,
        };
      return;
    }
    const { id, at } = row;
    const facts = { number: id, at, found: hash.toString("hex"), expected: computed.toString("hex") };
    if (id > before.id + 1)
      this.#add({
        ...facts,
        what: "missing",
        words: `${id - before.id - 1} entries before ${nameOf(facts)} are missing, after entry ${before.id}`,
      });
    else
      this.#add({
        ...facts,
        what: "entry",
        words: `${nameOf(facts)} was altered${before.id === 0 ? "" : `, or entry ${before.id} together with its hash`}`,
      });
  }

  #add(fault: ChainFault): void {
    this.#faults++;
    this.#fault ??= fault;
  }
}

function nameOf({ number, at }: { readonly number: number; readonly at: number | null }): string {
  const moment = at === null || Math.abs(at) > 8.64e15 ? "" : ` (${new Date(at).toISOString()})`;
  return `entry ${number}${moment}`;
}

function unchainedIn(database: Database): number {
  try {
    const found = database.prepare(BEGUN).pluck().get();
    return typeof found === "number" ? found : 0;
  } catch {
    return 0;
  }
}
