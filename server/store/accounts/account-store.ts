/** Accounts, their sign-in links and sessions, as statements over the server's database. */

import type { Database } from "../database.ts";

export interface AccountRow {
  readonly name: string;
  readonly role: string;
}

/** A secret that opens something for an account until a moment. `at` and `expiresAt`: milliseconds since 1970. */
export interface SecretRow {
  readonly hash: Buffer;
  readonly account: string;
  readonly at: number;
  readonly expiresAt: number;
}

export interface AccountStore {
  /** Makes the account where there is none of this name; one that exists keeps its role. */
  ensureAccount(account: AccountRow & { readonly at: number }): void;
  /** Puts a link in the place of all earlier ones of the account, and forgets those that have expired. */
  replaceLinks(link: SecretRow): void;
  /** Uses the link up and opens the session, both or neither; undefined for a link that is used up, expired or unknown. */
  redeemLink(linkHash: Buffer, session: Omit<SecretRow, "account">): AccountRow | undefined;
  /** Whose session it is; undefined for one that has ended by `at`. */
  session(hash: Buffer, at: number): AccountRow | undefined;
  /** Whether there was one. */
  endSession(hash: Buffer): boolean;
}

export function accountStore(database: Database): AccountStore {
  const ensure = database.prepare<[string, string, number]>(
    "INSERT INTO account (name, role, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
  );
  const dropLinks = database.prepare<[number, string]>(
    "DELETE FROM signin_link WHERE expires_at <= ? OR account = (SELECT id FROM account WHERE name = ?)",
  );
  const addLink = database.prepare<[Buffer, number, number, string]>(
    "INSERT INTO signin_link (secret_hash, account, created_at, expires_at) SELECT ?, id, ?, ? FROM account WHERE name = ?",
  );
  const useLink = database.prepare<[Buffer, number], { account: number }>(
    "DELETE FROM signin_link WHERE secret_hash = ? AND expires_at > ? RETURNING account",
  );
  const dropSessions = database.prepare<[number]>("DELETE FROM session WHERE expires_at <= ?");
  const addSession = database.prepare<[Buffer, number, number, number]>(
    "INSERT INTO session (secret_hash, account, created_at, expires_at) VALUES (?, ?, ?, ?)",
  );
  const byId = database.prepare<[number], AccountRow>("SELECT name, role FROM account WHERE id = ?");
  const bySession = database.prepare<[Buffer, number], AccountRow>(
    "SELECT name, role FROM session JOIN account ON account.id = session.account WHERE secret_hash = ? AND expires_at > ?",
  );
  const dropSession = database.prepare<[Buffer]>("DELETE FROM session WHERE secret_hash = ?");
  return {
    ensureAccount: ({ name, role, at }) => {
      ensure.run(name, role, at);
    },
    replaceLinks: database.transaction(({ hash, account, at, expiresAt }: SecretRow) => {
      dropLinks.run(at, account);
      addLink.run(hash, at, expiresAt, account);
    }),
    redeemLink: database.transaction((linkHash: Buffer, session: Omit<SecretRow, "account">) => {
      const { hash, at, expiresAt } = session;
      const used = useLink.get(linkHash, at);
      if (used === undefined) return undefined;
      dropSessions.run(at);
      addSession.run(hash, used.account, at, expiresAt);
      return byId.get(used.account);
    }),
    session: (hash, at) => bySession.get(hash, at),
    endSession: (hash) => dropSession.run(hash).changes > 0,
  };
}
