/** Receivers, with what they are told, and how far they were told. */

import type { Database } from "../database.ts";

/** `Spec`, `Secrets` and `Progress` are plain JSON, which is kept as it is. */
export interface StoredReceiver<Spec, Secrets, Progress> {
  readonly name: string;
  readonly spec: Spec;
  readonly secrets: Secrets;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly pausedAt: number | undefined;
  readonly progress: Progress;
}

interface Row {
  readonly name: string;
  readonly spec: string;
  readonly secrets: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly paused_at: number | null;
  readonly progress: string;
}

export class ReceiverStore<Spec, Secrets, Progress> {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By name. */
  all(): readonly StoredReceiver<Spec, Secrets, Progress>[] {
    const rows = this.#database.prepare("SELECT * FROM receiver ORDER BY name").all() as Row[];
    return rows.map((row) => ({
      name: row.name,
      spec: JSON.parse(row.spec),
      secrets: JSON.parse(row.secrets),
      createdAt: row.created_at,
      createdBy: row.created_by,
      pausedAt: row.paused_at ?? undefined,
      progress: JSON.parse(row.progress),
    }));
  }

  /** A new one, or another one by the name of one that is there. */
  set(receiver: StoredReceiver<Spec, Secrets, Progress>): void {
    const { name, spec, secrets, createdAt, createdBy, pausedAt, progress } = receiver;
    this.#database
      .prepare(
        "INSERT OR REPLACE INTO receiver (name, spec, secrets, created_at, created_by, paused_at, progress) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        ...[name, JSON.stringify(spec), JSON.stringify(secrets), createdAt, createdBy],
        ...[pausedAt ?? null, JSON.stringify(progress)],
      );
  }

  setProgress(name: string, progress: Progress): void {
    this.#database
      .prepare("UPDATE receiver SET progress = ? WHERE name = ?")
      .run(JSON.stringify(progress), name);
  }

  remove(name: string): void {
    this.#database.prepare("DELETE FROM receiver WHERE name = ?").run(name);
  }
}
