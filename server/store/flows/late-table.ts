/** Which flows were reported, or added to, after the minute they were seen in was closed: what was exported of them has to be told again. */

import type { Database } from "../database.ts";

/** Of a host that comes back after long; beyond, the oldest go. */
const MOST = 1_000_000;

export interface LateRow {
  /** Grows. */
  readonly id: number;
  /** In which it was seen, milliseconds since 1970-01-01T00:00Z. */
  readonly moment: number;
  readonly flow: number;
}

export class LateTable {
  readonly #add;
  readonly #after;
  readonly #last;
  readonly #drop;

  constructor(database: Database) {
    this.#add = database.prepare("INSERT OR REPLACE INTO late (moment, flow) VALUES (?, ?)");
    this.#after = database.prepare("SELECT id, moment, flow FROM late WHERE id > ? ORDER BY id LIMIT ?");
    this.#last = database
      .prepare("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'late'")
      .pluck();
    this.#drop = database.prepare("DELETE FROM late WHERE id <= ? ORDER BY id LIMIT ?");
  }

  /** Once for each minute and flow: what was there is told again, in the place of the newer one. */
  add(moment: number, flow: number): void {
    this.#add.run(moment - (moment % 60_000), flow);
  }

  after(id: number, most: number): readonly LateRow[] {
    return this.#after.all(id, most) as LateRow[];
  }

  /** The greatest number that was ever given. */
  get last(): number {
    return this.#last.get() as number;
  }

  /** Forgets what everybody was told, so many at a time at most, and what is too much; returns the number up to which it went for being too much, 0 where nothing did. */
  trim(toldUpTo: number, most: number): number {
    this.#drop.run(toldUpTo, most);
    const beyond = this.last - MOST;
    return beyond > toldUpTo && this.#drop.run(beyond, most).changes > 0 ? beyond : 0;
  }
}
