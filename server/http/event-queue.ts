/** Events for one listener that may be slower than what happens: they wait for it, up to a bound. Then the listener is let go, not the memory. */

import { eventText } from "./event-text.ts";

export class EventQueue implements AsyncIterable<string> {
  readonly #most: number;
  readonly #closed: () => void;
  #waiting: string[] = [];
  #wake: (() => void) | undefined;
  #isOpen = true;

  /** `most`: events that may wait. `closed` is called once, when nothing more can come. */
  constructor(most: number, closed: () => void) {
    this.#most = most;
    this.#closed = closed;
  }

  push(text: string): void {
    if (!this.#isOpen) return;
    if (this.#waiting.length >= this.#most) {
      this.#waiting = [];
      this.end(`more than ${this.#most} events waited for this listener`);
      return;
    }
    this.#waiting.push(text);
    this.#wake?.();
  }

  /** What waits is still told, then the reason. */
  end(reason: string): void {
    if (!this.#isOpen) return;
    this.#waiting.push(eventText({ kind: "ended", reason }));
    this.close();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#closed();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const texts = this.#waiting;
      this.#waiting = [];
      // One piece, so that a reader that catches up does it in few steps.
      if (texts.length > 0) yield texts.join("");
      if (this.#waiting.length > 0) continue;
      if (!this.#isOpen) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
