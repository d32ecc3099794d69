/** Accounts and their sign-in links, as statements over the server's database. Times are milliseconds since 1970. */

import type { Database } from "../database.ts";

export interface AccountRow {
  readonly name: string;
  readonly role: string;
  /** JSON: the names of segments; null where the account is not limited to any. */
  readonly scope: string | null;
}

/** What may be shown of an account: all but its secrets. */
export interface ShownAccountRow extends AccountRow {
  readonly createdAt: number;
  readonly disabledAt: number | null;
  readonly signedInAt: number | null;
  /** Attempts to sign in that failed in a row. */
  readonly failures: number;
  readonly lockedUntil: number | null;
  /** Of the OpenID provider that the account belongs to; null for one of our own. */
  readonly issuer: string | null;
  readonly subject: string | null;
  /** 0 or 1. */
  readonly hasPassword: number;
  /** 0 or 1: one that was proved to be there. */
  readonly hasSecondFactor: number;
  readonly recoveryCodes: number;
}

export interface NewAccountRow extends AccountRow {
  readonly at: number;
  readonly password?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
}

/** A secret that opens something for an account until a moment. `at` and `expiresAt`: milliseconds since 1970. */
export interface SecretRow {
  readonly hash: Buffer;
  readonly account: string;
  readonly at: number;
  readonly expiresAt: number;
}

/** What is written anew; what is not named stays. */
export interface AccountChanges {
  readonly role?: string;
  readonly scope?: string | null;
  readonly password?: string | null;
  readonly disabledAt?: number | null;
  readonly signedInAt?: number;
}

export interface AccountStore {
  /** False where an account has the name, or the identity at the provider. */
  add(account: NewAccountRow): boolean;
  find(name: string): ShownAccountRow | undefined;
  byIdentity(issuer: string, subject: string): ShownAccountRow | undefined;
  /** By name. */
  all(): readonly ShownAccountRow[];
  /** Whether there is one. */
  change(name: string, changes: AccountChanges): boolean;
  /** Whether there was one. Its sessions, links, codes go with it. */
  remove(name: string): boolean;
  /** The password's hash of an account that may use it: null where it has none, undefined where there is no such account, or it is disabled. */
  passwordOf(name: string): string | null | undefined;
  /** Puts a link in the place of all earlier ones of the account, and forgets those that have expired. */
  replaceLinks(link: SecretRow): void;
  /** Uses the link up; undefined for one that is used up, expired, unknown, or of an account that is disabled. */
  redeemLink(linkHash: Buffer, at: number): AccountRow | undefined;
  dropLinks(name: string): void;
}

const SHOWN = `SELECT name, role, scope, created_at AS createdAt, disabled_at AS disabledAt, signed_in_at AS signedInAt, failures,
  locked_until AS lockedUntil, issuer, subject, password IS NOT NULL AS hasPassword,
  EXISTS (SELECT 1 FROM second_factor WHERE second_factor.account = account.id AND confirmed_at IS NOT NULL) AS hasSecondFactor,
  (SELECT count(*) FROM recovery_code WHERE recovery_code.account = account.id) AS recoveryCodes FROM account`;

const COLUMNS: Readonly<Record<keyof AccountChanges, string>> = {
  role: "role",
  scope: "scope",
  password: "password",
  disabledAt: "disabled_at",
  signedInAt: "signed_in_at",
};

export function accountStore(database: Database): AccountStore {
  const add = database.prepare<
    [string, string, string | null, number, string | null, string | null, string | null]
  >(
    `INSERT INTO account (name, role, scope, created_at, password, issuer, subject) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const find = database.prepare<[string], ShownAccountRow>(`${SHOWN} WHERE name = ?`);
  const byIdentity = database.prepare<[string, string], ShownAccountRow>(
    `${SHOWN} WHERE issuer = ? AND subject = ?`,
  );
  const all = database.prepare<[], ShownAccountRow>(`${SHOWN} ORDER BY name`);
  const remove = database.prepare<[string]>("DELETE FROM account WHERE name = ?");
  const password = database
    .prepare<[string], string | null>("SELECT password FROM account WHERE name = ? AND disabled_at IS NULL")
    .pluck();
  const dropLinks = database.prepare<[number, string]>(
    "DELETE FROM signin_link WHERE expires_at <= ? OR account = (SELECT id FROM account WHERE name = ?)",
  );
  const addLink = database.prepare<[Buffer, number, number, string]>(
    "INSERT INTO signin_link (secret_hash, account, created_at, expires_at) SELECT ?, id, ?, ? FROM account WHERE name = ?",
  );
  const useLink = database.prepare<[Buffer, number], { account: number }>(
    `DELETE FROM signin_link WHERE secret_hash = ? AND expires_at > ?
     AND account IN (SELECT id FROM account WHERE disabled_at IS NULL) RETURNING account`,
  );
  const byId = database.prepare<[number], AccountRow>("SELECT name, role, scope FROM account WHERE id = ?");
  return {
    add: ({ name, role, scope, at, password: hash, issuer, subject }) =>
      add.run(name, role, scope, at, hash ?? null, issuer ?? null, subject ?? null).changes > 0,
    find: (name) => find.get(name),
    byIdentity: (issuer, subject) => byIdentity.get(issuer, subject),
    all: () => all.all(),
    change: (name, changes) => {
      const named = Object.entries(changes).filter(([, value]) => value !== undefined);
      const assigned = named.map(([key]) => `${COLUMNS[key as keyof AccountChanges]} = ?`).join(", ");
      const values = named.map(([, value]) => value);
      return (
        database.prepare(`UPDATE account SET ${assigned} WHERE name = ?`).run(...values, name).changes > 0
      );
    },
    remove: (name) => remove.run(name).changes > 0,
    passwordOf: (name) => password.get(name),
    replaceLinks: database.transaction(({ hash, account, at, expiresAt }: SecretRow) => {
      dropLinks.run(at, account);
      addLink.run(hash, at, expiresAt, account);
    }),
    redeemLink: (linkHash, at) => {
      const used = useLink.get(linkHash, at);
      return used && byId.get(used.account);
    },
    dropLinks: (name) => {
      dropLinks.run(0, name);
    },
  };
}
