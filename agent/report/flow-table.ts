/** Records as rows: added up where the key and the bucket are the same, dropped from the oldest on. */

import { BUCKET_MILLISECONDS, type FlowRecord } from "@bulkhead/shared/flow/record.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { Database, Statement } from "./database.ts";
import { dropWordsBefore, localText, NO_WORD, remoteText, ruleText, WordWriter } from "./words.ts";

const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];
const VERDICTS: readonly Verdict[] = ["allow", "deny", "would-deny"];
const VERDICT_ROOM = 4;

export function kindOf(direction: Direction, verdict: Verdict): number {
  return DIRECTIONS.indexOf(direction) * VERDICT_ROOM + VERDICTS.indexOf(verdict);
}

export function directionOf(kind: number): Direction {
  return DIRECTIONS[Math.floor(kind / VERDICT_ROOM)] ?? "ingress";
}

export function verdictOf(kind: number): Verdict {
  return VERDICTS[kind % VERDICT_ROOM] ?? "allow";
}

/** Protocol and service in one number, as they are only ever asked for together. */
export const SERVICE_ROOM = 65536;

const INSERT = `INSERT INTO flow
  (id, bucket, local, remote, kind, service, rule, batch, start, finish, connections, packets, bytes, ended, lasted, pid)
  VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (bucket, local, remote, kind, service, rule, batch) DO NOTHING`;

const UPDATE = `UPDATE flow SET
  start = min(start, ?), finish = max(finish, ?), connections = connections + ?, packets = packets + ?, bytes = bytes + ?,
  ended = ended + ?, lasted = lasted + ?, pid = coalesce(?, pid)
  WHERE bucket = ? AND local = ? AND remote = ? AND kind = ? AND service = ? AND rule = ? AND batch = 0`;

/** The rows that were dropped, and the time that they told of. */
export interface Dropped {
  readonly rows: number;
  /** Of them, those that nobody had taken. */
  readonly unsent: number;
  readonly start: number;
  readonly end: number;
}

export class FlowTable {
  readonly #database: Database;
  readonly #words: WordWriter;
  readonly #insert: Statement;
  readonly #update: Statement;
  #next: number;
  #count: number;

  constructor(database: Database) {
    this.#database = database;
    this.#words = new WordWriter(database);
    this.#insert = database.prepare(INSERT);
    this.#update = database.prepare(UPDATE);
    const one = (sql: string) => (database.prepare(sql).pluck().get() as number | null) ?? 0;
    this.#next = Math.max(one("SELECT max(id) FROM flow") + 1, one("SELECT max(flow) FROM era"));
    this.#count = one("SELECT count(*) FROM flow");
  }

  get count(): number {
    return this.#count;
  }

  /** Returns the oldest bucket that got something. */
  add(records: readonly FlowRecord[], now: number): number {
    let from = Number.POSITIVE_INFINITY;
    if (records.length === 0) return from;
    this.#words.prepareFor(this.#next, now);
    for (const record of records) from = Math.min(from, this.#addOne(record));
    return from;
  }

  #addOne(record: FlowRecord): number {
    const bucket = Math.floor(record.bucket / BUCKET_MILLISECONDS);
    const base = bucket * BUCKET_MILLISECONDS;
    const key = [
      bucket,
      this.#words.numberOf(localText(record.local)),
      this.#words.numberOf(remoteText(record.remote)),
      kindOf(record.direction, record.verdict),
      record.protocol * SERVICE_ROOM + record.service,
      record.rule === null ? NO_WORD : this.#words.numberOf(ruleText(record.rule)),
    ];
    const { connections, packets, bytes, ended, lasted } = record;
    const counters = [record.start - base, record.end - base, connections, packets, bytes, ended, lasted];
    const pid = record.local.pid ?? null;
    const { changes } = this.#insert.run(this.#next, ...key, ...counters, pid);
    if (changes === 0) this.#update.run(...counters, pid, ...key);
    else {
      this.#next += 1;
      this.#count += 1;
    }
    return bucket;
  }

  /** Drops the oldest rows, at most so many; not those of the batch that is on its way. */
  dropOldest(most: number, onItsWay: number): Dropped | undefined {
    return this.#drop(`batch <> ? ORDER BY id LIMIT ${most}`, [onItsWay]);
  }

  /** Likewise those of buckets before this moment. */
  dropBefore(moment: number, most: number, onItsWay: number): Dropped | undefined {
    const bucket = Math.floor(moment / BUCKET_MILLISECONDS);
    return this.#drop(`bucket < ? AND batch <> ? ORDER BY bucket LIMIT ${most}`, [bucket, onItsWay]);
  }

  #drop(which: string, parameters: readonly number[]): Dropped | undefined {
    const chosen = `FROM flow WHERE id IN (SELECT id FROM flow WHERE ${which})`;
    const found = this.#database
      .prepare(
        `SELECT count(*) AS rows, total(batch = 0) AS unsent, min(bucket) AS first, max(bucket) AS last ${chosen}`,
      )
      .get(...parameters) as { rows: number; unsent: number; first: number; last: number };
    if (found.rows === 0) return undefined;
    this.#database.prepare(`DELETE ${chosen}`).run(...parameters);
    this.#count -= found.rows;
    dropWordsBefore(this.#database, this.#oldest());
    return {
      rows: found.rows,
      unsent: found.unsent,
      start: found.first * BUCKET_MILLISECONDS,
      end: (found.last + 1) * BUCKET_MILLISECONDS,
    };
  }

  /** Milliseconds since 1970-01-01T00:00Z. */
  oldestBucket(): number | undefined {
    const bucket = this.#database.prepare("SELECT min(bucket) FROM flow").pluck().get() as number | null;
    return bucket === null ? undefined : bucket * BUCKET_MILLISECONDS;
  }

  /** The last moment in the latest bucket that has begun by `now`; likewise. */
  lastSeen(now: number): number | undefined {
    const latest = this.#database
      .prepare(
        "SELECT bucket, max(finish) AS finish FROM flow WHERE bucket = (SELECT max(bucket) FROM flow WHERE bucket <= ?)",
      )
      .get(Math.floor(now / BUCKET_MILLISECONDS)) as { bucket: number | null; finish: number };
    return latest.bucket === null ? undefined : latest.bucket * BUCKET_MILLISECONDS + latest.finish;
  }

  #oldest(): number {
    return (this.#database.prepare("SELECT min(id) FROM flow").pluck().get() as number | null) ?? this.#next;
  }
}
