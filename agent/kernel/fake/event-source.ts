/** A source whose events a test puts there. Its descriptor is a real one, so that a thread can really wait for it. */

import type { EventSource } from "../events.ts";
import { createWake, type Wake } from "../netlink/wake.ts";

export class FakeEventSource<Event> implements EventSource<Event> {
  readonly #wake: Wake = createWake();
  readonly #onClose: () => void;
  #events: Event[] = [];
  #lost = 0;
  #error: Error | undefined;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  get descriptor(): number {
    return this.#wake.descriptor;
  }

  push(event: Event): void {
    this.#events.push(event);
    this.#wake.wake();
  }

  lose(count: number): void {
    this.#lost += count;
    this.#wake.wake();
  }

  failNext(error: Error): void {
    this.#error = error;
    this.#wake.wake();
  }

  drain(each: (event: Event) => void, most: number): number {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
    const taken = this.#events.slice(0, most);
    this.#events = this.#events.slice(most);
    if (this.#events.length === 0) this.#wake.drain();
    const lost = this.#lost;
    this.#lost = 0;
    for (const event of taken) each(event);
    return lost;
  }

  [Symbol.dispose](): void {
    this.#onClose();
    this.#wake[Symbol.dispose]();
  }
}
