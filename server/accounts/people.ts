/** The accounts of people, as administrators see to them. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { AccountStore, ShownAccountRow } from "../store/accounts/account-store.ts";
import type { LockStore } from "../store/accounts/lock-store.ts";
import { assertAccountName } from "./account-name.ts";
import type { Passwords } from "./password.ts";
import { passwordProblem } from "./password-problem.ts";
import { isEnough, type Role, roleNamed } from "./role.ts";
import { assertScopeFits } from "./scope-fit.ts";
import { scopeOf, scopeText } from "./scope-text.ts";
import type { SecondFactors } from "./second-factors.ts";
import type { Sessions } from "./sessions.ts";

/** An account as it may be shown. Times are milliseconds since 1970. */
export interface Account {
  readonly name: string;
  readonly role: Role;
  /** The names of the segments to which an editor is limited. */
  readonly scope?: readonly string[];
  readonly createdAt: number;
  readonly disabledAt: number | null;
  readonly signedInAt: number | null;
  /** Until then no password is taken; null where the account is not locked. */
  readonly lockedUntil: number | null;
  /** The issuer of the OpenID provider by which the account signs in, and its role is decided; null for one of our own. */
  readonly provider: string | null;
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
  /** So many are left. */
  readonly recoveryCodes: number;
  readonly sessions: number;
}

export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  readonly scope?: readonly string[] | undefined;
  readonly password?: string | undefined;
}

export interface PeopleParts {
  readonly store: AccountStore;
  readonly locks: LockStore;
  readonly passwords: Passwords;
  readonly secondFactors: SecondFactors;
  readonly sessions: Sessions;
  readonly now: () => number;
  /** Whether an API token has this name: the history would not tell them apart. */
  readonly isTokensName: (name: string) => boolean;
}

/** All of them throw `server/unknown-account` for a name that no account has. */
export class People {
  readonly #parts: PeopleParts;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** By name. */
  all(): readonly Account[] {
    return this.#parts.store.all().map((row) => this.#shown(row));
  }

  find(name: string): Account {
    return this.#shown(this.#row(name));
  }

  /** Whether the account may approve now, and was there at that moment (milliseconds since 1970). */
  mayApprove(name: string, at: number): boolean {
    const row = this.#parts.store.find(name);
    if (row === undefined) return false;
    return row.disabledAt === null && row.createdAt <= at && isEnough(roleNamed(row.role), "approver");
  }

  /** Throws `server/name-taken`, `server/invalid-request`, `server/password-refused`. */
  async create({ name, role, scope, password }: NewAccount): Promise<Account> {
    assertAccountName(name);
    assertScopeFits(name, role, scope);
    const hash = password === undefined ? undefined : await this.#hash(name, password);
    const { store, now, isTokensName } = this.#parts;
    if (isTokensName(name))
      throw new BulkheadError("server/name-taken", `an API token is called '${name}' already`);
    if (!store.add({ name, role, scope: scopeText(scope), at: now(), password: hash }))
      throw new BulkheadError("server/name-taken", `an account is called '${name}' already`);
    return this.find(name);
  }

  /** Throws `server/invalid-request` where a provider decides the role, or the account's scope does not fit. */
  setRole(name: string, role: Role): Account {
    const { provider, scope } = this.find(name);
    if (provider !== null)
      throw new BulkheadError("server/invalid-request", `${provider} decides the role of '${name}'`);
    assertScopeFits(name, role, scope);
    this.#parts.store.change(name, { role });
    return this.find(name);
  }

  /** Throws `server/invalid-request` for a role above editor, and where a provider decides the scope. */
  setScope(name: string, scope: readonly string[] | undefined): Account {
    const { provider, role } = this.find(name);
    if (provider !== null)
      throw new BulkheadError("server/invalid-request", `${provider} decides the scope of '${name}'`);
    assertScopeFits(name, role, scope);
    this.#parts.store.change(name, { scope: scopeText(scope) });
    return this.find(name);
  }

  /** The account's sessions end, all but the one that is named, and its links with them. Throws `server/password-refused`, `server/invalid-request`. */
  async setPassword(name: string, password: string, but?: string): Promise<Account> {
    const { provider } = this.find(name);
    if (provider !== null)
      throw new BulkheadError(
        "server/invalid-request",
        `'${name}' signs in at ${provider}, without a password of ours`,
      );
    const hash = await this.#hash(name, password);
    const { store, locks, sessions } = this.#parts;
    store.change(name, { password: hash });
    locks.clear(name);
    store.dropLinks(name);
    sessions.endAll(name, but);
    return this.find(name);
  }

  /** Nobody signs in, and who has signed in is nobody. */
  disable(name: string): Account {
    const { store, sessions, now } = this.#parts;
    if (this.find(name).disabledAt === null) store.change(name, { disabledAt: now() });
    store.dropLinks(name);
    sessions.endAll(name);
    return this.find(name);
  }

  enable(name: string): Account {
    this.find(name);
    this.#parts.store.change(name, { disabledAt: null });
    return this.find(name);
  }

  /** Lifts what failures to sign in have led to. */
  unlock(name: string): Account {
    this.find(name);
    this.#parts.locks.clear(name);
    return this.find(name);
  }

  /** For somebody who has lost authenticator and recovery codes: the password alone is enough until there is a new one. Ends the sessions. */
  resetSecondFactor(name: string): Account {
    this.find(name);
    this.#parts.secondFactors.remove(name);
    this.#parts.sessions.endAll(name);
    return this.find(name);
  }

  remove(name: string): void {
    if (!this.#parts.store.remove(name)) throw unknown(name);
  }

  #row(name: string): ShownAccountRow {
    const row = this.#parts.store.find(name);
    if (row === undefined) throw unknown(name);
    return row;
  }

  #hash(name: string, password: string): Promise<string> {
    const problem = passwordProblem(password, name);
    if (problem !== undefined) throw new BulkheadError("server/password-refused", problem);
    return this.#parts.passwords.hash(password);
  }

  #shown(row: ShownAccountRow): Account {
    const { name, createdAt, disabledAt, signedInAt, lockedUntil, issuer, recoveryCodes } = row;
    const { sessions, now } = this.#parts;
    return {
      ...{ name, createdAt, disabledAt, signedInAt, recoveryCodes },
      role: roleNamed(row.role),
      ...scopeOf(row.scope),
      lockedUntil: lockedUntil !== null && lockedUntil > now() ? lockedUntil : null,
      provider: issuer,
      hasPassword: row.hasPassword === 1,
      hasSecondFactor: row.hasSecondFactor === 1,
      sessions: sessions.of(name).length,
    };
  }
}

function unknown(name: string): BulkheadError {
  return new BulkheadError("server/unknown-account", `there is no account '${name}'`);
}
