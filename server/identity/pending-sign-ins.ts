/** Sign-ins that have gone to the provider and are not back yet. Each is taken once; a browser shows by a cookie of its own that it is the one that went. */

import { hashOf, newSecret } from "../accounts/secret.ts";

export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636. */
  readonly verifier: string;
  /** To which the browser comes back. */
  readonly redirectUri: string;
  /** Where somebody wanted to go: a path on our own page. */
  readonly to: string;
}

const PENDING_MILLISECONDS = 10 * 60_000;
/** The oldest go: whoever has been away longest has most likely given up. */
const MOST_PENDING = 2_000;

export class PendingSignIns {
  readonly #pending = new Map<string, PendingSignIn & { readonly expiresAt: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Gives the secret of the cookie, and when it ends: milliseconds since 1970. */
  add(pending: PendingSignIn): { readonly secret: string; readonly expiresAt: number } {
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined && this.#pending.size >= MOST_PENDING) this.#pending.delete(oldest);
    const secret = newSecret();
    const expiresAt = this.#now() + PENDING_MILLISECONDS;
    this.#pending.set(keyOf(secret), { ...pending, expiresAt });
    return { secret, expiresAt };
  }

  /** Undefined for one that is unknown, taken already, or too old. */
  take(secret: string): PendingSignIn | undefined {
    const key = keyOf(secret);
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    return pending !== undefined && pending.expiresAt > this.#now() ? pending : undefined;
  }

  /** None of them comes back: the provider is another one. */
  clear(): void {
    this.#pending.clear();
  }
}

/** Not the secret itself: looking it up takes the same time for all that are wrong. */
function keyOf(secret: string): string {
  return hashOf(secret).toString("base64url");
}
