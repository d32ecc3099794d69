/** Lines for a reader that may be slower than what happens: they wait for it, up to a bound. Then the reader is let go, not the memory. */

export class LineQueue implements AsyncIterable<object> {
  readonly #most: number;
  #waiting: object[] = [];
  #wake: (() => void) | undefined;
  #state: "open" | "ended" | "overrun" = "open";

  /** `most`: lines that may wait. `signal`: the reader has gone (`Question.signal`). */
  constructor(most: number, signal: AbortSignal) {
    this.#most = most;
    if (signal.aborted) this.end();
    signal.addEventListener("abort", () => this.end(), { once: true });
  }

  /** Whether the reader is still there. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  push(line: object): void {
    if (this.#state !== "open") return;
    if (this.#waiting.length >= this.#most) {
      this.#state = "overrun";
      this.#waiting = [];
    } else this.#waiting.push(line);
    this.#wake?.();
  }

  /** No more comes; what waits is still told. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<object> {
    try {
      for (;;) {
        const lines = this.#waiting;
        this.#waiting = [];
        yield* lines;
        if (this.#state === "overrun") throw new ReaderTooSlow(this.#most);
        if (this.#waiting.length > 0) continue;
        if (this.#state === "ended") return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.end();
    }
  }
}

/** The connection is cut without an end, so that the reader knows that something is missing. */
export class ReaderTooSlow extends Error {
  constructor(most: number) {
    super(`more than ${most} lines waited for the reader`);
  }
}
