/** What happened, in order: who did what, and what hosts have told. */

import type { Database } from "../database.ts";

export interface StoredEvent {
  readonly id: number;
  readonly at: number;
  /** `host-joined`, `policy-provisioned`, … */
  readonly kind: string;
  /** Who did it: an account, a token's name, `host NAME`, `server`. */
  readonly who: string;
  /** What it is about: a host's name, a policy's number, … */
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export class EventStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add({ at, kind, who, about, facts }: Omit<StoredEvent, "id">): StoredEvent {
    const { lastInsertRowid } = this.#database
      .prepare("INSERT INTO event (at, kind, who, about, facts) VALUES (?, ?, ?, ?, ?)")
      .run(at, kind, who, about, JSON.stringify(facts));
    return { id: Number(lastInsertRowid), at, kind, who, about, facts };
  }

  /** Newest first. */
  latest({ about, most }: { readonly about?: string; readonly most: number }): readonly StoredEvent[] {
    const where = about === undefined ? "" : "WHERE about = @about";
    const rows = this.#database
      .prepare(`SELECT * FROM event ${where} ORDER BY id DESC LIMIT @most`)
      .all({ about, most }) as (Omit<StoredEvent, "facts"> & { facts: string })[];
    return rows.map((row) => ({ ...row, facts: JSON.parse(row.facts) }));
  }
}
