/** Sessions of people who have signed in, however they did. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { SessionRow, SessionStore } from "../store/accounts/session-store.ts";
import { isFull } from "../store/database.ts";
import type { Principal } from "./principal.ts";
import { roleNamed } from "./role.ts";
import { scopeOf } from "./scope-text.ts";
import { hashOf, newId, newSecret } from "./secret.ts";
import type { SignInMethod } from "./sign-in-method.ts";

/** A secret that is told once. `expiresAt`: milliseconds since 1970. */
export interface Opened {
  readonly secret: string;
  readonly expiresAt: number;
}

export interface OpenedSession extends Opened {
  /** The account's. */
  readonly name: string;
  /** The session's, which opens nothing. */
  readonly id: string;
}

const SESSION_MILLISECONDS = 12 * 3_600_000;
/** When a session was used is written down this often: each time would be a commit for each request. */
const TOUCH_MILLISECONDS = 60_000;

export class Sessions {
  readonly #store: SessionStore;
  readonly #now: () => number;

  constructor(store: SessionStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @param address from where; undefined over the socket in the data directory. */
  open(account: string, method: SignInMethod, address: string | undefined): OpenedSession {
    const createdAt = this.#now();
    const [id, secret] = [newId(), newSecret()];
    const expiresAt = createdAt + SESSION_MILLISECONDS;
    this.#store.open(account, {
      ...{ id, method, createdAt, expiresAt },
      hash: hashOf(secret),
      address: address ?? null,
    });
    return { secret, expiresAt, name: account, id };
  }

  /** Undefined for one that has ended, or whose account is disabled. */
  principal(secret: string): Principal | undefined {
    const at = this.#now();
    const found = this.#store.find(hashOf(secret), at);
    if (found === undefined) return undefined;
    if (at - (found.lastUsedAt ?? 0) >= TOUCH_MILLISECONDS) this.#touch(found.id, at);
    const { name, role, scope, id } = found;
    // The store's own check has let it in.
    const method = found.method as SignInMethod;
    const who = { name, account: name, role: roleNamed(role), ...scopeOf(scope) };
    return { kind: "session", ...who, session: id, method };
  }

  /** Those that have not ended, the youngest first. */
  of(account: string): readonly SessionRow[] {
    return this.#store.of(account, this.#now());
  }

  end(secret: string): void {
    this.#store.end(hashOf(secret));
  }

  /** Throws `server/unknown-session`. */
  endOf(account: string, id: string): void {
    if (!this.#store.endOf(account, id))
      throw new BulkheadError("server/unknown-session", `'${account}' has no session ${id}`);
  }

  /** Ends all sessions of the account but one. Gives how many those were. */
  endAll(account: string, but?: string): number {
    return this.#store.endAll(account, but);
  }

  /** A full disk keeps nobody out. */
  #touch(id: string, at: number): void {
    try {
      this.#store.touch(id, at);
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
}
