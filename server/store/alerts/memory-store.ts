/** What detectors remember over a restart: sightings, one row each, and the rest as JSON. */

import type { Database } from "../database.ts";

export interface Sighting {
  readonly what: string;
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly first: number;
  readonly last: number;
}

export class MemoryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  sightings(list: string): readonly Sighting[] {
    return this.#database
      .prepare(
        "SELECT what, first_at AS first, last_at AS last FROM sighting WHERE list = ? ORDER BY last_at",
      )
      .all(list) as Sighting[];
  }

  /** Writes these, and forgets those. */
  setSightings(list: string, seen: Iterable<Sighting>, gone: Iterable<string>): void {
    const set = this.#database.prepare(
      "INSERT INTO sighting (list, what, first_at, last_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_at = excluded.last_at",
    );
    const remove = this.#database.prepare("DELETE FROM sighting WHERE list = ? AND what = ?");
    this.#database.transaction(() => {
      for (const what of gone) remove.run(list, what);
      for (const { what, first, last } of seen) set.run(list, what, first, last);
    })();
  }

  /** Undefined where nothing was remembered. */
  state(name: string): unknown {
    const text = this.#database.prepare("SELECT state FROM detector WHERE name = ?").pluck().get(name);
    return text === undefined ? undefined : JSON.parse(text as string);
  }

  setState(name: string, state: unknown): void {
    this.#database
      .prepare(
        "INSERT INTO detector (name, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
      )
      .run(name, JSON.stringify(state));
  }
}
