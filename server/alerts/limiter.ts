/** How many alerts of a kind may be opened: some at once, then one now and then, and so many at a time. In memory; a restart gives every kind a fresh start. */

export interface Limits {
  /** At once. */
  readonly burst: number;
  /** Milliseconds after which there is room for one more. */
  readonly refill: number;
  /** Open at a time. */
  readonly open: number;
}

/** Twenty can be read by somebody; forty an hour more are a page. */
export const LIMITS: Limits = { burst: 20, refill: 90_000, open: 200 };

export class Limiter {
  readonly #limits: Limits;
  readonly #left = new Map<string, { room: number; at: number }>();

  constructor(limits: Limits = LIMITS) {
    this.#limits = limits;
  }

  /** Takes room for one more, where there is some. `open`: how many of the kind are. */
  mayOpen(kind: string, open: number, now: number): boolean {
    const { burst, refill, open: most } = this.#limits;
    const left = this.#left.getOrInsertComputed(kind, () => ({ room: burst, at: now }));
    left.room = Math.min(burst, left.room + Math.max(0, now - left.at) / refill);
    left.at = now;
    if (open >= most || left.room < 1) return false;
    left.room -= 1;
    return true;
  }
}
