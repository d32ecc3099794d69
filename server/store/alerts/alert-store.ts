/** Alerts: those that are open, and those that are over. */

import type { Database } from "../database.ts";

export interface StoredAlert {
  readonly id: number;
  /** Of `ALERT_KINDS`. */
  readonly kind: string;
  /** Together with the kind, what tells open alerts apart: a host, an address, a pair of segments, … */
  readonly about: string;
  readonly severity: string;
  /** What happened, in one sentence. */
  readonly words: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970-01-01T00:00Z, as all moments here. */
  readonly openedAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly acknowledged: { readonly at: number; readonly by: string; readonly note: string } | undefined;
  readonly resolvedAt: number | undefined;
}

interface Row {
  readonly id: number;
  readonly kind: string;
  readonly about: string;
  readonly severity: string;
  readonly words: string;
  readonly facts: string;
  readonly opened_at: number;
  readonly last_at: number;
  readonly count: number;
  readonly acknowledged_at: number | null;
  readonly acknowledged_by: string | null;
  readonly note: string | null;
  readonly resolved_at: number | null;
}

export class AlertStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All or nothing: an alert and the event that tells of it. */
  whole<Result>(work: () => Result): Result {
    return this.#database.transaction(work)();
  }

  open(): readonly StoredAlert[] {
    const rows = this.#database.prepare("SELECT * FROM alert WHERE resolved_at IS NULL ORDER BY id").all();
    return (rows as Row[]).map(alertOf);
  }

  /** Newest first, whether they are over or not. */
  latest(most: number): readonly StoredAlert[] {
    const rows = this.#database.prepare("SELECT * FROM alert ORDER BY id DESC LIMIT ?").all(most);
    return (rows as Row[]).map(alertOf);
  }

  find(id: number): StoredAlert | undefined {
    const row = this.#database.prepare("SELECT * FROM alert WHERE id = ?").get(id) as Row | undefined;
    return row && alertOf(row);
  }

  add(alert: Omit<StoredAlert, "id" | "acknowledged" | "resolvedAt">): StoredAlert {
    const { kind, about, severity, words, facts, openedAt, lastAt, count } = alert;
    const { lastInsertRowid } = this.#database
      .prepare(
        "INSERT INTO alert (kind, about, severity, words, facts, opened_at, last_at, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(kind, about, severity, words, JSON.stringify(facts), openedAt, lastAt, count);
    return { ...alert, id: Number(lastInsertRowid), acknowledged: undefined, resolvedAt: undefined };
  }

  /** Writes all that can change of it. */
  set({ id, words, facts, lastAt, count, acknowledged, resolvedAt }: StoredAlert): void {
    this.#database
      .prepare(
        "UPDATE alert SET words = ?, facts = ?, last_at = ?, count = ?, acknowledged_at = ?, acknowledged_by = ?, note = ?, resolved_at = ? WHERE id = ?",
      )
      .run(
        ...[words, JSON.stringify(facts), lastAt, count],
        ...[acknowledged?.at ?? null, acknowledged?.by ?? null, acknowledged?.note ?? null],
        ...[resolvedAt ?? null, id],
      );
  }

  /** Forgets those that were over before the moment, and the oldest beyond so many. */
  trim(before: number, most: number): void {
    this.#database.prepare("DELETE FROM alert WHERE resolved_at < ?").run(before);
    this.#database
      .prepare(
        "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE resolved_at IS NOT NULL ORDER BY resolved_at DESC LIMIT -1 OFFSET ?)",
      )
      .run(most);
  }
}

function alertOf(row: Row): StoredAlert {
  const { acknowledged_at: at, acknowledged_by: by, note } = row;
  return {
    id: row.id,
    kind: row.kind,
    about: row.about,
    severity: row.severity,
    words: row.words,
    facts: JSON.parse(row.facts),
    openedAt: row.opened_at,
    lastAt: row.last_at,
    count: row.count,
    acknowledged: at === null ? undefined : { at, by: by ?? "", note: note ?? "" },
    resolvedAt: row.resolved_at ?? undefined,
  };
}
