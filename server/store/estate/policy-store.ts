/** Versions of the policy, which never change, and when each was made the active one. */

import type { Database } from "../database.ts";

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export interface StoredVersion {
  readonly number: number;
  readonly author: string;
  /** The account of whoever pushed it, also where a token of theirs did; null where nobody knows. */
  readonly authorAccount: string | null;
  readonly at: number;
  readonly message: string;
  /** SHA-256 of the files. */
  readonly digest: string;
}

export interface Activation {
  /** Its revision: grows with each. */
  readonly id: number;
  readonly policy: number;
  readonly at: number;
  readonly by: string;
  readonly kind: "provision" | "rollback";
}

const HEAD = "number, author, author_account AS authorAccount, at, message, digest";

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

  /** No version gets a number up to this one, no activation such a revision: hosts know them from a server that is gone. */
  reserve({ version, revision }: { readonly version: number; readonly revision: number }): void {
    const reserve = this.#database.prepare(
      "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
    );
    this.#database.transaction(() => {
      reserve.run("reservedVersions", String(version));
      reserve.run("reservedRevisions", String(revision));
    })();
  }

  /** Gives the number, one above the highest that there ever was. */
  add(version: Omit<StoredVersion, "number"> & { readonly files: readonly PolicyFile[] }): number {
    const { author, authorAccount, at, message, digest, files } = version;
    const { lastInsertRowid } = this.#database
      .prepare(
        "INSERT INTO policy (number, author, author_account, at, message, digest, files) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        this.#highest("policy", "number", "reservedVersions") + 1,
        author,
        authorAccount,
        at,
        message,
        digest,
        JSON.stringify(files),
      );
    return Number(lastInsertRowid);
  }

  /** One above the highest that there ever was. */
  nextRevision(): number {
    return this.#highest("activation", "id", "reservedRevisions") + 1;
  }

  /** Gives the revision: the next one, unless it is one that was reserved for it. */
  activate(
    { policy, at, by, kind }: Omit<Activation, "id">,
    reserved: number | undefined = undefined,
  ): number {
    const id = reserved ?? this.nextRevision();
    this.#database
      .prepare("INSERT INTO activation (id, policy, at, by, kind) VALUES (?, ?, ?, ?, ?)")
      .run(id, policy, at, by, kind);
    return id;
  }

  /** Newest first. */
  activations(most = 1_000): readonly Activation[] {
    return this.#database
      .prepare("SELECT id, policy, at, by, kind FROM activation ORDER BY id DESC LIMIT ?")
      .all(most) as Activation[];
  }

  #highest(table: "policy" | "activation", column: "number" | "id", reserved: string): number {
    const row = this.#database
      .prepare(
        `SELECT max(coalesce((SELECT max(${column}) FROM ${table}), 0), coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?), 0)) AS highest`,
      )
      .get(reserved) as { highest: number };
    return row.highest;
  }
}
