/** When the server was last known to run: what it was that ended it, this is there afterwards. */

import type { Database } from "../database.ts";

export class AliveStore {
  readonly #database: Database;
  readonly #set;

  constructor(database: Database) {
    this.#database = database;
    this.#set = database.prepare(
      "INSERT INTO alive (only, at) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET at = excluded.at",
    );
  }

  set(at: number): void {
    this.#set.run(at);
  }

  /** Milliseconds since 1970-01-01T00:00Z; undefined before the first time. */
  last(): number | undefined {
    return this.#database.prepare("SELECT at FROM alive").pluck().get() as number | undefined;
  }
}
