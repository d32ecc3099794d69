/** What was not recorded, by host: one row for each kind and minute in which it began. */

import type { LossKind } from "@bulkhead/shared/flow/record.ts";
import type { Database } from "../database.ts";

const MINUTE = 60_000;

/** What agents tell of, and what was lost here. */
export type StoredLossKind =
  | LossKind
  /** Records beyond what one host may report in a minute. */
  | "over-quota"
  /** Records that a host may not report, or that make no sense. */
  | "refused"
  /** Records that went before their time because the store was full. */
  | "store-full";

/** `count` is undefined where nobody can know how much it was. */
export interface NewLoss {
  /** Between which moments, milliseconds since 1970-01-01T00:00Z. */
  readonly start: number;
  readonly end: number;
  readonly what: StoredLossKind;
  readonly count?: number | undefined;
}

export interface StoredLoss extends NewLoss {
  /** The name of the host whose records these were. */
  readonly host: string;
}

const ADD = `INSERT INTO loss (host, minute, what, known, start, finish, count) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET start = min(start, excluded.start), finish = max(finish, excluded.finish),
  count = min(count + excluded.count, ${Number.MAX_SAFE_INTEGER})`;

interface Row {
  readonly host: string;
  readonly what: StoredLossKind;
  readonly known: number;
  readonly start: number;
  readonly finish: number;
  readonly count: number;
}

export class LossTable {
  readonly #database: Database;
  readonly #add;

  constructor(database: Database) {
    this.#database = database;
    this.#add = database.prepare(ADD);
  }

  add(host: string, losses: readonly NewLoss[]): void {
    for (const { start, end, what, count } of losses)
      this.#add.run(
        host,
        Math.floor(start / MINUTE),
        what,
        count === undefined ? 0 : 1,
        start,
        Math.max(start, end),
        count ?? 0,
      );
  }

  /** Of all that were not over by `since`, in the order of their beginnings. */
  since(since: number, host: string | undefined): StoredLoss[] {
    const rows = this.#database
      .prepare(
        "SELECT * FROM loss WHERE finish >= ? AND (? IS NULL OR host = ?) ORDER BY start, host, what, known",
      )
      .all(since, host ?? null, host ?? null) as Row[];
    return rows.map(lossOf);
  }

  /** At most so many of those that were over before this moment; returns how many went. */
  dropBefore(moment: number, most: number): number {
    return this.#database
      .prepare("DELETE FROM loss WHERE finish < ? ORDER BY finish LIMIT ?")
      .run(moment, most).changes;
  }
}

function lossOf({ host, what, known, start, finish, count }: Row): StoredLoss {
  return { host, start, end: finish, what, ...(known === 1 ? { count } : {}) };
}
