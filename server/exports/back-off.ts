/** How long to wait before the next attempt: longer each time, and not at the same moment as everybody else. */

export interface BackOffLimits {
  readonly firstMilliseconds: number;
  readonly mostMilliseconds: number;
}

export class BackOff {
  readonly #limits: BackOffLimits;
  #failures = 0;

  constructor(limits: BackOffLimits) {
    this.#limits = limits;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Milliseconds until the next attempt: doubled with each failure in a row, up to the most, less up to half by chance. */
  failed(): number {
    const { firstMilliseconds, mostMilliseconds } = this.#limits;
    const full = Math.min(mostMilliseconds, firstMilliseconds * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.round(full * (1 - Math.random() / 2));
  }
}
