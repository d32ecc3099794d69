/** Join tokens, their secrets hashed. */

import type { Database } from "../database.ts";

export interface StoredToken {
  readonly id: string;
  readonly secretHash: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly blocks: readonly string[];
  readonly uses: number;
  readonly used: number;
  /** Attempts that were refused. */
  readonly refused: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
  readonly revokedAt: number | undefined;
}

interface Row {
  readonly id: string;
  readonly secret_hash: string;
  readonly labels: string;
  readonly blocks: string;
  readonly uses: number;
  readonly used: number;
  readonly refused: number;
  readonly created_at: number;
  readonly created_by: string;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

export class TokenStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): readonly StoredToken[] {
    return (this.#database.prepare("SELECT * FROM join_token ORDER BY created_at").all() as Row[]).map(
      tokenOf,
    );
  }

  find(id: string): StoredToken | undefined {
    const row = this.#database.prepare("SELECT * FROM join_token WHERE id = ?").get(id);
    return row === undefined ? undefined : tokenOf(row as Row);
  }

  add(token: Omit<StoredToken, "used" | "refused" | "revokedAt">): void {
    const { id, secretHash, labels, blocks, uses, createdAt, createdBy, expiresAt } = token;
    this.#database
      .prepare(
        "INSERT INTO join_token (id, secret_hash, labels, blocks, uses, created_at, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        id,
        secretHash,
        JSON.stringify(labels),
        JSON.stringify(blocks),
        uses,
        createdAt,
        createdBy,
        expiresAt,
      );
  }

  /** False where there is no use left. */
  use(id: string): boolean {
    const { changes } = this.#database
      .prepare("UPDATE join_token SET used = used + 1 WHERE id = ? AND used < uses")
      .run(id);
    return changes === 1;
  }

  countRefused(id: string): void {
    this.#database.prepare("UPDATE join_token SET refused = refused + 1 WHERE id = ?").run(id);
  }

  /** False where there is none, or it was revoked before. */
  revoke(id: string, at: number): boolean {
    const { changes } = this.#database
      .prepare("UPDATE join_token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
      .run(at, id);
    return changes === 1;
  }
}

function tokenOf(row: Row): StoredToken {
  return {
    id: row.id,
    secretHash: row.secret_hash,
    labels: JSON.parse(row.labels),
    blocks: JSON.parse(row.blocks),
    uses: row.uses,
    used: row.used,
    refused: row.refused,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
  };
}
