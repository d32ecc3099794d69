/** Who has failed too often lately, by address: guessing a token is not worth trying. */

const WINDOW_MILLISECONDS = 60_000;
const MOST_FAILURES = 20;
const MOST_ADDRESSES = 10_000;

export class Failures {
  readonly #now: () => number;
  readonly #counts = new Map<string, { count: number; until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  count(address: string): void {
    const now = this.#now();
    const known = this.#counts.get(address);
    if (known !== undefined && known.until > now) known.count += 1;
    else this.#counts.set(address, { count: 1, until: now + WINDOW_MILLISECONDS });
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_ADDRESSES && oldest !== undefined) this.#counts.delete(oldest);
  }

  isBarred(address: string): boolean {
    const known = this.#counts.get(address);
    return known !== undefined && known.until > this.#now() && known.count >= MOST_FAILURES;
  }
}
