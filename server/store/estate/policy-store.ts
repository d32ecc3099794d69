/** Versions of the policy, which never change, and when each was made the active one. */

import type { Database } from "../database.ts";

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export interface StoredVersion {
  readonly number: number;
  readonly author: string;
  readonly at: number;
  readonly message: string;
  /** SHA-256 of the files. */
  readonly digest: string;
}

export interface Activation {
  readonly policy: number;
  readonly at: number;
  readonly by: string;
  readonly kind: "provision" | "rollback";
}

const HEAD = "number, author, at, message, digest";

export class PolicyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Newest first. */
  all(): readonly StoredVersion[] {
    return this.#database.prepare(`SELECT ${HEAD} FROM policy ORDER BY number DESC`).all() as StoredVersion[];
  }

  find(number: number): (StoredVersion & { readonly files: readonly PolicyFile[] }) | undefined {
    const row = this.#database.prepare(`SELECT ${HEAD}, files FROM policy WHERE number = ?`).get(number) as
      | (StoredVersion & { files: string })
      | undefined;
    return row && { ...row, files: JSON.parse(row.files) };
  }

  /** No version gets a number up to this one: hosts know them from a server that is gone. */
  reserve(number: number): void {
    this.#database
      .prepare(
        "INSERT INTO setting (key, value) VALUES ('reservedVersions', ?) ON CONFLICT (key) DO UPDATE SET value = max(CAST(value AS INTEGER), excluded.value)",
      )
      .run(String(number));
  }

  /** The highest number that a version has or had. */
  highest(): number {
    const row = this.#database
      .prepare(
        "SELECT max(coalesce((SELECT max(number) FROM policy), 0), coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'reservedVersions'), 0)) AS highest",
      )
      .get() as { highest: number };
    return row.highest;
  }

  /** Gives the number, one above the highest that there ever was. */
  add(version: Omit<StoredVersion, "number"> & { readonly files: readonly PolicyFile[] }): number {
    const { author, at, message, digest, files } = version;
    const { lastInsertRowid } = this.#database
      .prepare("INSERT INTO policy (number, author, at, message, digest, files) VALUES (?, ?, ?, ?, ?, ?)")
      .run(this.highest() + 1, author, at, message, digest, JSON.stringify(files));
    return Number(lastInsertRowid);
  }

  activate({ policy, at, by, kind }: Activation): void {
    this.#database
      .prepare("INSERT INTO activation (policy, at, by, kind) VALUES (?, ?, ?, ?)")
      .run(policy, at, by, kind);
  }

  /** Newest first. */
  activations(most = 1_000): readonly Activation[] {
    return this.#database
      .prepare("SELECT policy, at, by, kind FROM activation ORDER BY id DESC LIMIT ?")
      .all(most) as Activation[];
  }
}
