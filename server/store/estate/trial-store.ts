/** Versions that were put in force on trial: until when, to what they go back, what became of it. */

import type { Database } from "../database.ts";

export interface StoredTrial {
  /** Of the activation that began it. */
  readonly revision: number;
  readonly version: number;
  /** The version that was active before, and will be again. */
  readonly before: number;
  readonly by: string;
  readonly beganAt: number;
  readonly endsAt: number;
}

export type TrialOutcome = "confirmed" | "lapsed" | "ended" | "superseded";

export const TRIALS_SCHEMA = `
CREATE TABLE trial (
  revision INTEGER PRIMARY KEY REFERENCES activation (id),
  version INTEGER NOT NULL REFERENCES policy (number),
  before INTEGER NOT NULL REFERENCES policy (number),
  by TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  outcome TEXT,
  decided_by TEXT,
  decided_at INTEGER
) STRICT;
-- one that is under way
CREATE UNIQUE INDEX trial_open ON trial (outcome IS NULL) WHERE outcome IS NULL;
`;

export class TrialStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All of it or nothing: a trial is never forgotten beside a version that stays. */
  together<Result>(work: () => Result): Result {
    return this.#database.transaction(work)();
  }

  /** The one that is under way. */
  open(): StoredTrial | undefined {
    return this.#database
      .prepare(
        "SELECT revision, version, before, by, began_at AS beganAt, ends_at AS endsAt FROM trial WHERE outcome IS NULL",
      )
      .get() as StoredTrial | undefined;
  }

  add({ revision, version, before, by, beganAt, endsAt }: StoredTrial): void {
    this.#database
      .prepare(
        "INSERT INTO trial (revision, version, before, by, began_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(revision, version, before, by, beganAt, endsAt);
  }

  close(revision: number, outcome: TrialOutcome, by: { readonly who: string; readonly at: number }): void {
    this.#database
      .prepare("UPDATE trial SET outcome = ?, decided_by = ?, decided_at = ? WHERE revision = ?")
      .run(outcome, by.who, by.at, revision);
  }
}
