/** Nonces: each is good once, for a minute. */

import { randomBytes } from "node:crypto";

const LIFE_MILLISECONDS = 60_000;
const MOST = 20_000;

export class Nonces {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  make(): string {
    this.#forget();
    const nonce = randomBytes(24).toString("base64url");
    this.#until.set(nonce, this.#now() + LIFE_MILLISECONDS);
    return nonce;
  }

  /** True the first time, in time. */
  use(nonce: string): boolean {
    const until = this.#until.get(nonce);
    this.#until.delete(nonce);
    return until !== undefined && this.#now() <= until;
  }

  /** In the order in which they were made. */
  #forget(): void {
    for (const [nonce, until] of this.#until) {
      if (until >= this.#now() && this.#until.size < MOST) return;
      this.#until.delete(nonce);
    }
  }
}
