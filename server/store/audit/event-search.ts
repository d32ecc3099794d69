/** Events as somebody looks for them. */

import type { Database } from "../database.ts";
import { eventOf, type StoredEvent } from "../estate/event-store.ts";

export interface EventFilter {
  readonly who?: string | undefined;
  readonly about?: string | undefined;
  /** Any of these. */
  readonly kinds?: readonly string[] | undefined;
  /** Milliseconds since 1970-01-01T00:00Z, both included. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** So many are read at a time where all are asked for. */
const PAGE = 1_000;

export class EventSearch {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  find(number: number): StoredEvent | undefined {
    const row = this.#database.prepare("SELECT * FROM event WHERE id = ?").get(number);
    return row === undefined ? undefined : eventOf(row as Parameters<typeof eventOf>[0]);
  }

  /** Newest first, of those before this number. */
  latest(filter: EventFilter, { before, most }: { readonly before?: number; readonly most: number }) {
    return this.#page(filter, { order: "DESC", bound: before ?? Number.MAX_SAFE_INTEGER, most });
  }

  /** Oldest first, a piece of them in memory at a time. */
  *all(filter: EventFilter, upTo = Number.MAX_SAFE_INTEGER): Generator<StoredEvent, void> {
    let after = 0;
    for (;;) {
      const page = this.#page(filter, { order: "ASC", bound: after, most: PAGE });
      for (const event of page) {
        if (event.id > upTo) return;
        yield event;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.id;
    }
  }

  #page(
    { who, about, kinds, since, until }: EventFilter,
    { order, bound, most }: { readonly order: "ASC" | "DESC"; readonly bound: number; readonly most: number },
  ): readonly StoredEvent[] {
    const conditions = [
      order === "ASC" ? "id > @bound" : "id < @bound",
      ...(who === undefined ? [] : ["who = @who"]),
      ...(about === undefined ? [] : ["about = @about"]),
      ...(kinds === undefined ? [] : ["kind IN (SELECT value FROM json_each(@kinds))"]),
      ...(since === undefined ? [] : ["at >= @since"]),
      ...(until === undefined ? [] : ["at <= @until"]),
    ];
    const rows = this.#database
      .prepare(`SELECT * FROM event WHERE ${conditions.join(" AND ")} ORDER BY id ${order} LIMIT @most`)
      .all({ bound, most, who, about, kinds: JSON.stringify(kinds ?? []), since, until });
    return (rows as Parameters<typeof eventOf>[0][]).map(eventOf);
  }
}
