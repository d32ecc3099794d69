/** Who may ask the server: people who sign in by a link, programs that bear a token, whoever sits at the server's machine. */

import { timingSafeEqual } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type AccountRow, accountStore } from "../store/accounts/account-store.ts";
import { type TokenRow, tokenStore } from "../store/accounts/token-store.ts";
import { type Database, isFull } from "../store/database.ts";
import { parseToken, tokenText } from "./api-token.ts";
import type { Credentials, Principal } from "./principal.ts";
import { type Role, roleNamed } from "./role.ts";
import { hashOf, newId, newSecret } from "./secret.ts";

export interface AccountsOptions {
  /** Has the tables of `ACCOUNTS_SCHEMA`. */
  readonly database: Database;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** SHA-256 of the authority's public key (SubjectPublicKeyInfo), 64 hexadecimal digits: put into new tokens, so that they find a false server. */
  readonly fingerprint?: () => string;
}

/** A secret that is told once. `expiresAt`: milliseconds since 1970. */
export interface Opened {
  readonly secret: string;
  readonly expiresAt: number;
}

export interface NewToken {
  /** Tells people whose it is; the only one of this name. */
  readonly name: string;
  readonly role: Role;
  /** Milliseconds since 1970, in the future. */
  readonly expiresAt: number;
  /** The name of whoever makes it. */
  readonly by: string;
}

/** An API token as it may be shown. */
export type ApiToken = TokenRow;

export interface Accounts {
  /** Undefined for what proves nothing: unknown, expired, revoked, malformed. */
  authenticate(credentials: Credentials): Principal | undefined;
  /** A link for this account, made an administrator's where it is new: `/signin/SECRET`, good for an hour and once. Earlier links of the account end. */
  makeSignInLink(name?: string): Opened;
  /** Uses a link up and opens a session of 12 hours. Throws `server/link-unusable`. */
  signIn(linkSecret: string): Opened & { readonly name: string };
  signOut(sessionSecret: string): void;
  /** `text` is told once. Throws `server/name-taken`, `server/invalid-request` for an end in the past. */
  createToken(token: NewToken): { readonly id: string; readonly text: string };
  /** Youngest first; those that were revoked as well. */
  tokens(): readonly ApiToken[];
  /** From now on it proves nothing. Throws `server/unknown-token`. */
  revokeToken(id: string): void;
}

const LINK_MILLISECONDS = 3_600_000;
const SESSION_MILLISECONDS = 12 * 3_600_000;
/** When a token was used is written down this often: each time would be a commit for each request. */
const TOUCH_MILLISECONDS = 60_000;

export function accountsOf({ database, now, fingerprint }: AccountsOptions): Accounts {
  const people = accountStore(database);
  const tokens = tokenStore(database);
  return {
    authenticate: (credentials) => {
      if (credentials.kind === "local") return { kind: "local", name: "local", role: "administrator" };
      if (credentials.kind === "token") return bearer(credentials.token);
      const account = people.session(hashOf(credentials.secret), now());
      return account === undefined ? undefined : principal("session", account);
    },
    makeSignInLink: (name = "administrator") => {
      const at = now();
      const opened = { secret: newSecret(), expiresAt: at + LINK_MILLISECONDS };
      people.ensureAccount({ name, role: "administrator", at });
      people.replaceLinks({ hash: hashOf(opened.secret), account: name, at, expiresAt: opened.expiresAt });
      return opened;
    },
    signIn: (linkSecret) => {
      const at = now();
      const opened = { secret: newSecret(), expiresAt: at + SESSION_MILLISECONDS };
      const session = { hash: hashOf(opened.secret), at, expiresAt: opened.expiresAt };
      const account = people.redeemLink(hashOf(linkSecret), session);
      if (account === undefined)
        throw new BulkheadError("server/link-unusable", "the sign-in link is used up, expired or unknown");
      return { ...opened, name: account.name };
    },
    signOut: (sessionSecret) => {
      people.endSession(hashOf(sessionSecret));
    },
    createToken: ({ name, role, expiresAt, by }) => {
      const createdAt = now();
      if (expiresAt <= createdAt)
        throw new BulkheadError("server/invalid-request", "the token would end in the past");
      const [id, secret] = [newId(), newSecret()];
      if (!tokens.add({ id, name, role, createdBy: by, createdAt, expiresAt }, hashOf(secret)))
        throw new BulkheadError("server/name-taken", `a token is called '${name}' already`);
      return {
        id,
        text: tokenText({ id, secret, ...(fingerprint !== undefined && { fingerprint: fingerprint() }) }),
      };
    },
    tokens: () => tokens.list(),
    revokeToken: (id) => {
      if (!tokens.revoke(id, now()))
        throw new BulkheadError("server/unknown-token", `there is no token ${id} that could be revoked`);
    },
  };

  function bearer(text: string): Principal | undefined {
    const told = parseToken(text);
    const kept = told && tokens.find(told.id);
    if (told === undefined || kept === undefined) return undefined;
    const at = now();
    const isRight = timingSafeEqual(kept.hash, hashOf(told.secret));
    if (!isRight || kept.revokedAt !== null || kept.expiresAt <= at) return undefined;
    if (at - (kept.lastUsedAt ?? 0) >= TOUCH_MILLISECONDS) touch(kept.id, at);
    return principal("token", kept);
  }

  /** A full disk keeps nobody out. */
  function touch(id: string, at: number): void {
    try {
      tokens.touch(id, at);
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
}

function principal(kind: "token" | "session", { name, role }: AccountRow): Principal {
  return { kind, name, role: roleNamed(role) };
}
