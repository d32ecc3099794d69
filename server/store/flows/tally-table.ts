/** The counters of flows in their buckets: added up where flow and bucket are the same. */

import type { Database } from "../database.ts";
import type { Counters } from "./half.ts";
import type { Stretch } from "./retention.ts";

const INSERT = `INSERT INTO tally (span, flow, bucket, start, finish, connections, packets, bytes, ended, lasted)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;

const UPDATE = `UPDATE tally SET
  start = min(start, ?), finish = max(finish, ?), connections = connections + ?, packets = packets + ?, bytes = bytes + ?,
  ended = ended + ?, lasted = lasted + ?
  WHERE span = ? AND flow = ? AND bucket = ?`;

/** Milliseconds since 1970-01-01T00:00Z. */
export interface Tally extends Counters {
  readonly flow: number;
  readonly start: number;
  readonly end: number;
}

export interface Span extends Stretch {
  readonly id: number;
  readonly records: number;
}

export class TallyTable {
  readonly #database: Database;
  readonly #insert;
  readonly #update;
  readonly #grow;
  readonly #spans = new Map<string, number>();
  /** Rows that this transaction has added, by span. */
  readonly #grown = new Map<number, number>();

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(INSERT);
    this.#update = database.prepare(UPDATE);
    this.#grow = database.prepare("UPDATE span SET records = records + ? WHERE id = ?");
  }

  /** Into the bucket in which it began; `settle` has to follow in the same transaction. What of it lies outside that bucket is cut off. */
  add(stretch: Stretch, { flow, start, end, connections, packets, bytes, ended, lasted }: Tally): void {
    const span = this.#spanOf(stretch);
    const bucket = Math.floor((start - stretch.begin) / stretch.width);
    const base = stretch.begin + bucket * stretch.width;
    const counters = [
      start - base,
      Math.min(Math.max(end, start) - base, stretch.width - 1),
      connections,
      packets,
      bytes,
      ended,
      lasted,
    ];
    const { changes } = this.#insert.run(span, flow, bucket, ...counters);
    if (changes === 0) this.#update.run(...counters, span, flow, bucket);
    else this.#grown.set(span, (this.#grown.get(span) ?? 0) + 1);
  }

  settle(): void {
    for (const [span, rows] of this.#grown) this.#grow.run(rows, span);
    this.#grown.clear();
  }

  /** `rows` of its rows are gone; it goes as well where those were the last. */
  shrink({ id, records }: Span, rows: number): void {
    if (rows < records) this.#grow.run(-rows, id);
    else this.#database.prepare("DELETE FROM span WHERE id = ?").run(id);
    this.#spans.clear();
  }

  /** The oldest first: a coarse one has what was in those finer ones that begin with it or later. */
  spans(): readonly Span[] {
    return this.#database.prepare("SELECT * FROM span ORDER BY begin, width DESC").all() as Span[];
  }

  /** After a transaction was rolled back. */
  forget(): void {
    this.#spans.clear();
    this.#grown.clear();
  }

  #spanOf({ begin, finish, width }: Stretch): number {
    return this.#spans.getOrInsertComputed(`${begin} ${width}`, () => {
      const known = this.#database
        .prepare("SELECT id FROM span WHERE begin = ? AND width = ?")
        .pluck()
        .get(begin, width) as number | undefined;
      if (known !== undefined) return known;
      const made = this.#database
        .prepare("INSERT INTO span (begin, finish, width, records) VALUES (?, ?, ?, 0)")
        .run(begin, finish, width);
      return Number(made.lastInsertRowid);
    });
  }
}
