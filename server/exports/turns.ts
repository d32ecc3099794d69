/** So many at a time; whoever comes beyond waits. */
export class Turns {
  readonly #most: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws what the work throws, and what aborted the waiting. */
  async take<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    while (this.#running >= this.#most) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      signal.throwIfAborted();
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      // All of them: one that was aborted meanwhile must not be the only one that hears of it.
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }
}
