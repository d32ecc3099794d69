/** Losses as rows: one for each kind and minute in which they began. */

import type { Loss, LossKind } from "@bulkhead/shared/flow/record.ts";
import type { Database, Statement } from "./database.ts";

const MINUTE = 60_000;

interface Row {
  readonly what: LossKind;
  readonly known: number;
  readonly start: number;
  readonly finish: number;
  readonly count: number;
}

const ADD = `INSERT INTO loss (minute, what, known, batch, noted, start, finish, count) VALUES (?, ?, ?, 0, ?, ?, ?, ?)
  ON CONFLICT (batch, minute, what, known) DO UPDATE SET
  start = min(start, excluded.start), finish = max(finish, excluded.finish), count = count + excluded.count`;

export class LossTable {
  readonly #database: Database;
  readonly #add: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#add = database.prepare(ADD);
  }

  add(losses: readonly Loss[], now: number): void {
    for (const { start, end, what, count } of losses)
      this.#add.run(
        Math.floor(start / MINUTE),
        what,
        count === undefined ? 0 : 1,
        now,
        start,
        end,
        count ?? 0,
      );
  }

  /** When the latest that was over by `now` was over. */
  lastEnd(now: number): number | undefined {
    const end = this.#database.prepare("SELECT max(finish) FROM loss WHERE finish <= ?").pluck().get(now);
    return (end as number | null) ?? undefined;
  }

  /** Those that were noted before this moment are forgotten. */
  dropNotedBefore(moment: number, onItsWay: number): void {
    this.#database.prepare("DELETE FROM loss WHERE noted < ? AND batch <> ?").run(moment, onItsWay);
  }
}

/** In the order of their beginnings. */
export function lossesSince(database: Database, since: number): Loss[] {
  const rows = database
    .prepare("SELECT * FROM loss WHERE finish >= ? ORDER BY start, id")
    .all(since) as Row[];
  return mergedLosses(rows.map(lossOf));
}

export function lossesOf(database: Database, batch: number): Loss[] {
  const rows = database.prepare("SELECT * FROM loss WHERE batch = ? ORDER BY start, id").all(batch) as Row[];
  return rows.map(lossOf);
}

/** How much is known to be lost. */
export function lostCount(database: Database): number {
  return database.prepare("SELECT total(count) FROM loss").pluck().get() as number;
}

function lossOf({ what, known, start, finish, count }: Row): Loss {
  return { start, end: finish, what, ...(known === 1 ? { count } : {}) };
}

/** One for each kind and minute; a count that nobody knows stays beside one that is known. */
export function mergedLosses(losses: readonly Loss[]): Loss[] {
  const merged = new Map<string, Loss>();
  for (const loss of losses) {
    const key = `${loss.what} ${Math.floor(loss.start / MINUTE)} ${loss.count === undefined}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? loss : joined(before, loss));
  }
  return [...merged.values()];
}

function joined(a: Loss, b: Loss): Loss {
  return {
    what: a.what,
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    ...(a.count === undefined || b.count === undefined ? {} : { count: a.count + b.count }),
  };
}
