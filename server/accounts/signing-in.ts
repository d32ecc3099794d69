/** Signing in with a password, and a code where the account has a second factor. Whatever is wrong, the answer and its cost are the same. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { AccountStore } from "../store/accounts/account-store.ts";
import type { LockStore } from "../store/accounts/lock-store.ts";
import type { Passwords } from "./password.ts";
import type { SecondFactors } from "./second-factors.ts";
import type { OpenedSession, Sessions } from "./sessions.ts";

/** What somebody shows to prove who they are. */
export interface Proof {
  readonly account: string;
  readonly password: string;
  /** Of the authenticator, or a recovery code. */
  readonly code?: string | undefined;
  /** From where; undefined over the socket in the data directory. */
  readonly address: string | undefined;
}

/** What happened to an account, for the history. */
export type TellAccount = (event: {
  readonly kind: string;
  readonly who: string;
  readonly about: string;
  readonly facts: Readonly<Record<string, unknown>>;
}) => void;

export interface SigningInParts {
  readonly people: AccountStore;
  readonly locks: LockStore;
  readonly passwords: Passwords;
  readonly secondFactors: SecondFactors;
  readonly sessions: Sessions;
  readonly now: () => number;
  readonly tell: TellAccount;
  /** For whoever runs the server: also what nobody's account bears, and too much to be kept in the history. */
  readonly warn: (fields: object, words: string) => void;
  /** As `AccountsOptions.turnedAway`. */
  readonly turnedAway: (address: string | undefined) => void;
}

/** After so many failures in a row the account is locked to passwords, each time twice as long as before. */
export const MOST_FAILURES = 10;
const LOCK_MILLISECONDS = 15 * 60_000;
const LONGEST_LOCK_MILLISECONDS = 24 * 3_600_000;

export class SigningIn {
  readonly #parts: SigningInParts;

  constructor(parts: SigningInParts) {
    this.#parts = parts;
  }

  /** Throws `server/sign-in-refused`, `server/code-needed`, `server/overloaded`. */
  async byPassword(proof: Proof): Promise<OpenedSession> {
    await this.prove(proof);
    const { people, sessions, now, tell } = this.#parts;
    const { account, address } = proof;
    people.change(account, { signedInAt: now() });
    const opened = sessions.open(account, "password", address);
    tell({ kind: "signed-in", who: account, about: account, facts: { by: "password", address } });
    return opened;
  }

  /** That somebody is whom the account is for. Throws as `byPassword`. */
  async prove({ account, password, code, address }: Proof): Promise<void> {
    const { people, locks, passwords, secondFactors, now } = this.#parts;
    const failures = this.#begin(account);
    const kept = failures === undefined ? undefined : people.passwordOf(account);
    const isRight = await passwords.isRight(password, kept);
    if (failures === undefined) return this.#turnAway(address);
    if (!isRight) return this.#fail({ account, address, failures, what: "password" });
    if (secondFactors.isNeeded(account)) {
      if (code === undefined) {
        locks.takeBack(account, now());
        throw new BulkheadError("server/code-needed", "the account has a second factor, so a code is needed");
      }
      if (!secondFactors.take(account, code)) return this.#fail({ account, address, failures, what: "code" });
    }
    locks.clear(account);
    if (kept != null && passwords.isOutdated(kept))
      people.change(account, { password: await passwords.hash(password) });
  }

  /** The attempt counts before its password is looked at, and the lock that it may lead to holds meanwhile. */
  #begin(account: string): number | undefined {
    const { locks, now } = this.#parts;
    const failures = locks.begin(account, now());
    if (failures !== undefined && failures >= MOST_FAILURES)
      locks.lock(account, now() + lockMilliseconds(failures));
    return failures;
  }

  /** Not with the name: people type passwords into its field. */
  #turnAway(address: string | undefined): never {
    this.#parts.turnedAway(address);
    this.#parts.warn(
      { address },
      "somebody tried to sign in to no account, or to one that is locked or disabled",
    );
    throw refused();
  }

  #fail({ account, address, failures, what }: Failed): never {
    const { tell, warn } = this.#parts;
    warn({ address, account, what, failures }, "somebody failed to sign in");
    tell({ kind: "sign-in-failed", who: "anyone", about: account, facts: { what, address, failures } });
    if (failures >= MOST_FAILURES)
      tell({
        kind: "account-locked",
        who: "server",
        about: account,
        facts: { failures, seconds: lockMilliseconds(failures) / 1_000 },
      });
    throw refused();
  }
}

interface Failed {
  readonly account: string;
  readonly address: string | undefined;
  readonly failures: number;
  readonly what: "password" | "code";
}

function lockMilliseconds(failures: number): number {
  return Math.min(LOCK_MILLISECONDS * 2 ** (failures - MOST_FAILURES), LONGEST_LOCK_MILLISECONDS);
}

/** The same for all: who tries names learns nothing by it. */
function refused(): BulkheadError {
  return new BulkheadError(
    "server/sign-in-refused",
    "account, password or code is wrong, or the account is locked or disabled",
  );
}
