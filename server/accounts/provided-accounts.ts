/** Accounts of people who sign in at a provider: known by issuer and subject alone, never by a name or an e-mail address, which others may come to have. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { AccountStore, ShownAccountRow } from "../store/accounts/account-store.ts";
import { FIRST_ACCOUNT } from "./account-name.ts";
import type { Role } from "./role.ts";
import { scopeText } from "./scope-text.ts";
import type { OpenedSession, Sessions } from "./sessions.ts";
import type { TellAccount } from "./signing-in.ts";

/** Somebody, by the word of a provider that was believed. */
export interface Provided {
  readonly issuer: string;
  readonly subject: string;
  /** For an account that is new, the best first. */
  readonly names: readonly string[];
  readonly role: Role;
  readonly scope?: readonly string[];
  readonly address: string | undefined;
}

export interface ProvidedAccountsParts {
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly now: () => number;
  readonly tell: TellAccount;
  readonly isTokensName: (name: string) => boolean;
}

/** Beyond that, the name is not the problem. */
const MOST_OF_A_NAME = 1_000;

export class ProvidedAccounts {
  readonly #parts: ProvidedAccountsParts;

  constructor(parts: ProvidedAccountsParts) {
    this.#parts = parts;
  }

  /** Opens a session with the role that the provider's groups give now. Throws `server/account-disabled`. */
  signIn(provided: Provided): OpenedSession {
    const { store, sessions, now, tell } = this.#parts;
    const { issuer, subject, address } = provided;
    const account = store.byIdentity(issuer, subject) ?? this.#make(provided);
    const { name } = account;
    if (account.disabledAt !== null)
      throw new BulkheadError("server/account-disabled", `the account '${name}' is disabled`);
    this.#follow(account, provided);
    store.change(name, { signedInAt: now() });
    const opened = sessions.open(name, "oidc", address);
    tell({ kind: "signed-in", who: name, about: name, facts: { by: "oidc", issuer, address } });
    return opened;
  }

  /** The provider does not let somebody in any more: what they had opened ends. */
  turnAway(issuer: string, subject: string, why: string): void {
    const { store, sessions, tell } = this.#parts;
    const name = store.byIdentity(issuer, subject)?.name;
    if (name !== undefined) sessions.endAll(name);
    tell({
      kind: "sign-in-failed",
      who: "anyone",
      about: name ?? issuer,
      facts: { what: "provider", issuer, subject, why },
    });
  }

  /** Ends the sessions that were opened at a provider. Gives how many accounts that were. */
  endAll(): number {
    const { store, sessions } = this.#parts;
    const theirs = store.all().filter(({ issuer }) => issuer !== null);
    return theirs.filter(({ name }) => sessions.endAll(name) > 0).length;
  }

  #make({ issuer, subject, names, role, scope }: Provided): ShownAccountRow {
    const { store, now, tell } = this.#parts;
    for (const name of candidates(names)) {
      if (this.#isTaken(name)) continue;
      store.add({ name, role, scope: scopeText(scope), at: now(), issuer, subject });
      const made = store.byIdentity(issuer, subject);
      if (made === undefined) continue;
      tell({
        kind: "account-made",
        who: "server",
        about: name,
        facts: { role, scope: scope ?? null, issuer, subject },
      });
      return made;
    }
    throw new BulkheadError("server/name-taken", "no name is left for a new account");
  }

  #isTaken(name: string): boolean {
    const { store, isTokensName } = this.#parts;
    return name === FIRST_ACCOUNT || store.find(name) !== undefined || isTokensName(name);
  }

  #follow({ name, role: from, scope: scopeFrom }: ShownAccountRow, { role, scope }: Provided): void {
    const { store, tell } = this.#parts;
    const text = scopeText(scope);
    if (from === role && scopeFrom === text) return;
    store.change(name, { role, scope: text });
    const facts = { from, to: role, scope: scope ?? null };
    tell({ kind: "account-role-changed", who: "server", about: name, facts });
  }
}

/** `anna`, `anna-2`, … */
function* candidates(names: readonly string[]): Generator<string> {
  yield* names;
  const [best = "person"] = names;
  // Room for the number within the longest name.
  for (let number = 2; number <= MOST_OF_A_NAME; number++) yield `${best.slice(0, 58)}-${number}`;
}
