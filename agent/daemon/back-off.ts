/** How long to wait before the next attempt: longer each time, and not at the same moment as everybody else. */

export interface BackOffOptions {
  readonly firstMilliseconds: number;
  readonly mostMilliseconds: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export class BackOff {
  readonly #options: BackOffOptions;
  #failures = 0;

  constructor(options: BackOffOptions) {
    this.#options = options;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Milliseconds until the next attempt: doubled with each failure in a row, up to the most, less up to half by chance. */
  failed(): number {
    const { firstMilliseconds, mostMilliseconds, random } = this.#options;
    const full = Math.min(mostMilliseconds, firstMilliseconds * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.round(full * (1 - random() / 2));
  }
}
