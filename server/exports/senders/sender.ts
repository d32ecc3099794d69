/** A way to a receiver. What goes wrong on it is a `DeliveryFailure`, and whoever sends decides what comes next. */

import type { Item } from "../item.ts";

export interface Sender {
  /** Things that may go at once. */
  readonly most: number;
  /** Resolves when the receiver has all of them; says how many it would not take and never will. Throws a DeliveryFailure, and what aborted it. */
  send(items: readonly Item[], signal: AbortSignal): Promise<Sent>;
}

export interface Sent {
  readonly refused: number;
}

export interface FailureFacts {
  /** Whether the receiver was there and would not take these things, as they are too many or make no sense to it. */
  readonly isRefusal?: boolean;
  /** Milliseconds that the receiver asks to be left alone. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

export class DeliveryFailure extends Error {
  readonly isRefusal: boolean;
  readonly retryAfter: number;

  /** @param words for an operator: never what the receiver has answered, nor anything secret. */
  constructor(words: string, { isRefusal = false, retryAfter = 0, cause }: FailureFacts = {}) {
    super(words, { cause });
    this.name = "DeliveryFailure";
    this.isRefusal = isRefusal;
    this.retryAfter = retryAfter;
  }
}

/** What Node says of a connection, in its words. */
export function connectionFailure(error: unknown, place: string): DeliveryFailure {
  const { code = "", message, name } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError")
    return new DeliveryFailure(`${place} did not answer in time`, { cause: error });
  const words = message.includes(code) ? message : `${message} (${code})`;
  return new DeliveryFailure(`${place}: ${words}`, { cause: error });
}
