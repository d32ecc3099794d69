/** What happens at the server, told to those who listen. Each hears all of it, or is told that it did not. */

import { randomBytes } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { EventQueue } from "./event-queue.ts";
import { eventText } from "./event-text.ts";

export interface FeedEvent {
  /** `host-joined`; small letters and hyphens. */
  readonly kind: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly [field: string]: unknown;
}

export interface FeedBounds {
  /** Events that are kept for those who come back, and characters of them. */
  readonly kept: number;
  readonly keptCharacters: number;
  /** Events that may wait for one listener. */
  readonly waiting: number;
  readonly listeners: number;
}

const DEFAULT: FeedBounds = { kept: 2_000, keptCharacters: 4_194_304, waiting: 1_000, listeners: 256 };

export interface Listener {
  /** Events as text in the form of server-sent events, until the listener goes, is too slow, or `end` is called. */
  readonly events: AsyncIterable<string>;
  /** A sign of life, which listeners ignore. */
  beat(): void;
  /** Tells the reason in a last event of the kind `ended`. */
  end(reason: string): void;
}

interface Kept {
  readonly number: number;
  readonly text: string;
}

export class EventFeed {
  readonly #bounds: FeedBounds;
  /** Numbers begin anew with each process; this tells them apart. */
  readonly #epoch = randomBytes(6).toString("hex");
  readonly #listeners = new Set<EventQueue>();
  #kept: Kept[] = [];
  #characters = 0;
  #last = 0;

  constructor(bounds: Partial<FeedBounds> = {}) {
    this.#bounds = { ...DEFAULT, ...bounds };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(event: FeedEvent): void {
    this.#last += 1;
    const text = eventText(event, `${this.#epoch}-${this.#last}`);
    this.#kept.push({ number: this.#last, text });
    this.#characters += text.length;
    while (this.#kept.length > this.#bounds.kept || this.#characters > this.#bounds.keptCharacters)
      this.#characters -= this.#kept.shift()?.text.length ?? 0;
    for (const queue of this.#listeners) queue.push(text);
  }

  /**
   * From now on, or from after the event with this id (`Last-Event-ID`). What lies between and is no longer kept is told by an event of the kind `missed`.
   * `signal`: the listener has gone. Throws `server/overloaded`.
   */
  listen({ after, signal }: { readonly after?: string | undefined; readonly signal: AbortSignal }): Listener {
    if (this.#listeners.size >= this.#bounds.listeners)
      throw new BulkheadError("server/overloaded", `${this.#listeners.size} others listen already`);
    const queue = new EventQueue(this.#bounds.waiting, () => this.#listeners.delete(queue));
    this.#listeners.add(queue);
    const begin = ["retry: 3000\n\n", ...(after === undefined ? [] : this.#since(after))];
    signal.addEventListener("abort", () => queue.close(), { once: true });
    if (signal.aborted) queue.close();
    return {
      events: told(begin, queue),
      beat: () => queue.push(":\n\n"),
      end: (reason) => queue.end(reason),
    };
  }

  /** Ends all listening, and tells why. */
  end(reason: string): void {
    for (const queue of [...this.#listeners]) queue.end(reason);
  }

  #since(id: string): string[] {
    const [, epoch, digits = ""] = /^([0-9a-f]+)-(\d{1,15})$/.exec(id) ?? [];
    const number = Number(digits);
    const oldest = this.#kept[0]?.number ?? this.#last + 1;
    if (epoch === this.#epoch && number <= this.#last && number >= oldest - 1)
      return this.#kept.filter((kept) => kept.number > number).map(({ text }) => text);
    const reason = "too much has happened since, or the server was restarted";
    return [eventText({ kind: "missed", reason }, `${this.#epoch}-${this.#last}`)];
  }
}

async function* told(begin: readonly string[], queue: EventQueue): AsyncGenerator<string> {
  try {
    yield* begin;
    yield* queue;
  } finally {
    queue.close();
  }
}
