/** Sessions, as statements over the server's database. Times are milliseconds since 1970. */

import type { Database } from "../database.ts";
import type { AccountRow } from "./account-store.ts";

/** What may be shown of a session: all but its secret. */
export interface SessionRow {
  readonly id: string;
  /** `link`, `password`, `oidc`. */
  readonly method: string;
  /** From where it was opened; null over the socket in the data directory. */
  readonly address: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** To the minute. */
  readonly lastUsedAt: number | null;
}

export interface NewSession extends Omit<SessionRow, "lastUsedAt"> {
  readonly hash: Buffer;
}

export type FoundSession = AccountRow & Pick<SessionRow, "id" | "method" | "lastUsedAt">;

export interface SessionStore {
  /** Opens a session for the account, and forgets those that have expired. */
  open(account: string, session: NewSession): void;
  /** Whose session it is; undefined for one that has ended by `at`, or whose account is disabled. */
  find(hash: Buffer, at: number): FoundSession | undefined;
  touch(id: string, at: number): void;
  /** Those of an account that have not ended, the youngest first. */
  of(account: string, at: number): readonly SessionRow[];
  /** Whether there was one. */
  end(hash: Buffer): boolean;
  /** Ends one of the account's sessions, by its id. Whether there was one. */
  endOf(account: string, id: string): boolean;
  /** Ends all of the account's sessions but one. Gives how many those were. */
  endAll(account: string, but: string | undefined): number;
}

const OF_ACCOUNT = "account = (SELECT id FROM account WHERE name = ?)";

export function sessionStore(database: Database): SessionStore {
  const drop = database.prepare<[number]>("DELETE FROM session WHERE expires_at <= ?");
  const add = database.prepare<[Buffer, string, string, string | null, number, number, string]>(
    `INSERT INTO session (secret_hash, id, account, method, address, created_at, expires_at)
     SELECT ?, ?, id, ?, ?, ?, ? FROM account WHERE name = ?`,
  );
  const find = database.prepare<[Buffer, number], FoundSession>(
    `SELECT name, role, scope, session.id, method, last_used_at AS lastUsedAt FROM session JOIN account ON account.id = session.account
     WHERE secret_hash = ? AND expires_at > ? AND disabled_at IS NULL`,
  );
  const touch = database.prepare<[number, string]>("UPDATE session SET last_used_at = ? WHERE id = ?");
  const list = database.prepare<[string, number], SessionRow>(
    `SELECT id, method, address, created_at AS createdAt, expires_at AS expiresAt, last_used_at AS lastUsedAt FROM session
     WHERE ${OF_ACCOUNT} AND expires_at > ? ORDER BY created_at DESC, id`,
  );
  const end = database.prepare<[Buffer]>("DELETE FROM session WHERE secret_hash = ?");
  const endOf = database.prepare<[string, string]>(`DELETE FROM session WHERE ${OF_ACCOUNT} AND id = ?`);
  const endAll = database.prepare<[string, string]>(`DELETE FROM session WHERE ${OF_ACCOUNT} AND id <> ?`);
  return {
    open: (account, { hash, id, method, address, createdAt, expiresAt }) => {
      drop.run(createdAt);
      add.run(hash, id, method, address, createdAt, expiresAt, account);
    },
    find: (hash, at) => find.get(hash, at),
    touch: (id, at) => {
      touch.run(at, id);
    },
    of: (account, at) => list.all(account, at),
    end: (hash) => end.run(hash).changes > 0,
    endOf: (account, id) => endOf.run(account, id).changes > 0,
    endAll: (account, but) => endAll.run(account, but ?? "").changes,
  };
}
