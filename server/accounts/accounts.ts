/** Who may ask the server: people who sign in, programs that bear a token, whoever sits at the server's machine. */

import { timingSafeEqual } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { accountStore } from "../store/accounts/account-store.ts";
import { lockStore } from "../store/accounts/lock-store.ts";
import { secondFactorStore } from "../store/accounts/second-factor-store.ts";
import { sessionStore } from "../store/accounts/session-store.ts";
import { type TokenRow, tokenStore } from "../store/accounts/token-store.ts";
import { type Database, isFull } from "../store/database.ts";
import { FIRST_ACCOUNT, isReserved } from "./account-name.ts";
import { parseToken, tokenText } from "./api-token.ts";
import { Passwords } from "./password.ts";
import { People } from "./people.ts";
import type { Credentials, Principal } from "./principal.ts";
import { ProvidedAccounts } from "./provided-accounts.ts";
import { type Role, roleNamed } from "./role.ts";
import { assertScopeFits } from "./scope-fit.ts";
import { scopeOf, scopeText } from "./scope-text.ts";
import { SecondFactors } from "./second-factors.ts";
import { hashOf, newId, newSecret } from "./secret.ts";
import { type Opened, type OpenedSession, Sessions } from "./sessions.ts";
import { SigningIn, type TellAccount } from "./signing-in.ts";

export interface AccountsOptions {
  /** Has the tables of `ACCOUNTS_SCHEMA` and `PEOPLE_SCHEMA`. */
  readonly database: Database;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** SHA-256 of the authority's public key (SubjectPublicKeyInfo), 64 hexadecimal digits: put into new tokens, so that they find a false server. */
  readonly fingerprint?: () => string;
  /** Told of those who sign in, and of those who fail to. */
  readonly tell?: TellAccount;
  /** For the journal: all attempts to sign in that failed. */
  readonly warn?: (fields: object, words: string) => void;
  /** For the audit log: where somebody tried to sign in to no account, or to one that is locked or disabled. */
  readonly turnedAway?: (address: string | undefined) => void;
  readonly passwords?: Passwords;
}

export interface NewToken {
  /** Tells people whose it is; the only one of this name. */
  readonly name: string;
  readonly role: Role;
  /** Milliseconds since 1970, in the future. */
  readonly expiresAt: number;
  /** The name of whoever makes it. */
  readonly by: string;
  /** The account whose it is: whoever makes it, or whose token makes it. Undefined at the server's machine. */
  readonly account?: string | undefined;
  /** The names of the segments to which it is limited. */
  readonly scope?: readonly string[] | undefined;
}

/** An API token as it may be shown. */
export type ApiToken = TokenRow;

export interface Accounts {
  /** Undefined for what proves nothing: unknown, expired, revoked, malformed. */
  authenticate(credentials: Credentials): Principal | undefined;
  /**
   * A link for this account: `/signin/SECRET`, good for an hour and once. Earlier links of the account end. Without a name it is the first administrator's, whose account is made where it
   * is missing. Throws `server/unknown-account`, `server/account-disabled`.
   */
  makeSignInLink(name?: string): Opened;
  /** Uses a link up and opens a session of 12 hours. Throws `server/link-unusable`. */
  signIn(linkSecret: string, address?: string): OpenedSession;
  signOut(sessionSecret: string, address?: string): void;
  readonly people: People;
  readonly signingIn: SigningIn;
  /** Those of people who sign in at a provider. */
  readonly provided: ProvidedAccounts;
  readonly secondFactors: SecondFactors;
  readonly sessions: Sessions;
  /** `text` is told once. Throws `server/name-taken`, also where an account has the name; `server/invalid-request` for an end in the past, and for a name that the history uses. */
  createToken(token: NewToken): { readonly id: string; readonly text: string };
  /** Youngest first; those that were revoked as well. */
  tokens(): readonly ApiToken[];
  /** From now on it proves nothing. Throws `server/unknown-token`. */
  revokeToken(id: string): void;
}

const LINK_MILLISECONDS = 3_600_000;
/** When a token was used is written down this often: each time would be a commit for each request. */
const TOUCH_MILLISECONDS = 60_000;

export function accountsOf(options: AccountsOptions): Accounts {
  const { database, now, fingerprint, tell = () => {}, warn = () => {}, turnedAway = () => {} } = options;
  const { passwords = new Passwords() } = options;
  const store = accountStore(database);
  const locks = lockStore(database);
  const tokens = tokenStore(database);
  const sessions = new Sessions(sessionStore(database), now);
  const secondFactors = new SecondFactors(secondFactorStore(database), now);
  const isTokensName = (name: string) =>
    tokens.list().some((token) => token.name === name && token.revokedAt === null);
  const people = new People({ store, locks, passwords, secondFactors, sessions, now, isTokensName });
  const signingIn = new SigningIn({
    ...{ people: store, locks, passwords, secondFactors, sessions },
    ...{ now, tell, warn, turnedAway },
  });
  return {
    people,
    signingIn,
    provided: new ProvidedAccounts({ store, sessions, now, tell, isTokensName }),
    secondFactors,
    sessions,
    authenticate: (credentials) => {
      if (credentials.kind === "local") return { kind: "local", name: "local", role: "administrator" };
      if (credentials.kind === "token") return bearer(credentials.token);
      return sessions.principal(credentials.secret);
    },
    makeSignInLink: (name = FIRST_ACCOUNT) => {
      const at = now();
      const opened = { secret: newSecret(), expiresAt: at + LINK_MILLISECONDS };
      if (name === FIRST_ACCOUNT) store.add({ name, role: "administrator", scope: null, at });
      const { disabledAt, provider } = people.find(name);
      if (disabledAt !== null)
        throw new BulkheadError("server/account-disabled", `the account '${name}' is disabled`);
      if (provider !== null)
        throw new BulkheadError("server/invalid-request", `'${name}' signs in at ${provider}, not by a link`);
      store.replaceLinks({ hash: hashOf(opened.secret), account: name, at, expiresAt: opened.expiresAt });
      return opened;
    },
    signIn: (linkSecret, address) => {
      const account = store.redeemLink(hashOf(linkSecret), now());
      if (account === undefined)
        throw new BulkheadError("server/link-unusable", "the sign-in link is used up, expired or unknown");
      const { name } = account;
      store.change(name, { signedInAt: now() });
      const opened = sessions.open(name, "link", address);
      tell({ kind: "signed-in", who: name, about: name, facts: { by: "link", address } });
      return opened;
    },
    signOut: (sessionSecret, address) => {
      const name = sessions.principal(sessionSecret)?.name;
      sessions.end(sessionSecret);
      if (name !== undefined) tell({ kind: "signed-out", who: name, about: name, facts: { address } });
    },
    createToken: ({ name, role, expiresAt, by, account = null, scope }) => {
      const createdAt = now();
      assertScopeFits(name, role, scope);
      if (isReserved(name))
        throw new BulkheadError(
          "server/invalid-request",
          `no token is called '${name}': the history uses it`,
        );
      if (store.find(name) !== undefined)
        throw new BulkheadError("server/name-taken", `an account is called '${name}' already`);
      if (expiresAt <= createdAt)
        throw new BulkheadError("server/invalid-request", "the token would end in the past");
      const [id, secret] = [newId(), newSecret()];
      const row = { id, name, role, scope: scopeText(scope), createdBy: by, account, createdAt, expiresAt };
      if (!tokens.add(row, hashOf(secret)))
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
    const { name, role, account, scope } = kept;
    const owner = account !== null && { account };
    return { kind: "token", name, role: roleNamed(role), ...owner, ...scopeOf(scope) };
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
