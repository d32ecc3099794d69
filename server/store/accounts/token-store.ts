/** API tokens, as statements over the server's database. Times are milliseconds since 1970. */

import type { Database } from "../database.ts";

/** What may be shown of a token: all but its secret. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** JSON: the names of segments; null where it is not limited to any. */
  readonly scope: string | null;
  readonly createdBy: string;
  /** The name of the account whose it is, which may be gone; null for one that was made on the server's machine. */
  readonly account: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** To the minute. */
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export interface TokenStore {
  /** False where a token that is not revoked has the name. */
  add(token: Omit<TokenRow, "lastUsedAt" | "revokedAt">, hash: Buffer): boolean;
  find(id: string): (TokenRow & { readonly hash: Buffer }) | undefined;
  /** Youngest first; those that were revoked as well. */
  list(): readonly TokenRow[];
  touch(id: string, at: number): void;
  /** False where there is none of this id that is not revoked already. */
  revoke(id: string, at: number): boolean;
}

const COLUMNS = `id, name, role, scope, created_by AS createdBy, account, created_at AS createdAt, expires_at AS expiresAt,
  last_used_at AS lastUsedAt, revoked_at AS revokedAt`;

export function tokenStore(database: Database): TokenStore {
  const add = database.prepare<
    [string, Buffer, string, string, string | null, string, string | null, number, number]
  >(
    `INSERT INTO api_token (id, secret_hash, name, role, scope, created_by, account, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING`,
  );
  const find = database.prepare<[string], TokenRow & { readonly hash: Buffer }>(
    `SELECT ${COLUMNS}, secret_hash AS hash FROM api_token WHERE id = ?`,
  );
  const list = database.prepare<[], TokenRow>(
    `SELECT ${COLUMNS} FROM api_token ORDER BY created_at DESC, id`,
  );
  const touch = database.prepare<[number, string]>("UPDATE api_token SET last_used_at = ? WHERE id = ?");
  const revoke = database.prepare<[number, string]>(
    "UPDATE api_token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
  );
  return {
    add: ({ id, name, role, scope, createdBy, account, createdAt, expiresAt }, hash) =>
      add.run(id, hash, name, role, scope, createdBy, account, createdAt, expiresAt).changes > 0,
    find: (id) => find.get(id),
    list: () => list.all(),
    touch: (id, at) => {
      touch.run(at, id);
    },
    revoke: (id, at) => revoke.run(at, id).changes > 0,
  };
}
