/** What was refused is in the audit log as well, and nobody can fill it by being refused: each address once in ten minutes, and so many in an hour. All others are counted. */

import { isFull } from "../store/database.ts";

export interface Refusal {
  /** `sign-in-refused`, `request-refused`, `join-refused`, … */
  readonly kind: string;
  /** `anyone`, where nobody has proved who they are. */
  readonly who: string;
  readonly about: string;
  readonly credential: string;
  /** From where; `socket` for the one in the data directory. */
  readonly address: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface RefusalsParts {
  readonly note: (event: Refusal) => void;
  readonly now: () => number;
}

const QUIET_MILLISECONDS = 10 * 60_000;
const HOUR = 3_600_000;
const MOST_PER_HOUR = 120;
const MOST_REMEMBERED = 2_000;

export class Refusals {
  readonly #parts: RefusalsParts;
  /** Kind, who and address -> when it was told last. */
  readonly #told = new Map<string, number>();
  #hour = Number.NEGATIVE_INFINITY;
  #inHour = 0;
  #untold = 0;

  constructor(parts: RefusalsParts) {
    this.#parts = parts;
  }

  refused(refusal: Refusal): void {
    const { note, now } = this.#parts;
    const at = now();
    if (at - this.#hour >= HOUR) [this.#hour, this.#inHour] = [at, 0];
    const key = `${refusal.kind} ${refusal.address} ${refusal.who}`;
    const isQuiet = at - (this.#told.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MILLISECONDS;
    if (isQuiet || this.#inHour >= MOST_PER_HOUR) {
      this.#untold++;
      return;
    }
    this.#inHour++;
    this.#remember(key, at);
    try {
      note({ ...refusal, facts: { ...refusal.facts, ...(this.#untold > 0 && { untold: this.#untold }) } });
      this.#untold = 0;
    } catch (error) {
      // What is refused stays refused where the disk is full.
      if (!isFull(error)) throw error;
      this.#untold++;
    }
  }

  #remember(key: string, at: number): void {
    this.#told.delete(key);
    this.#told.set(key, at);
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
  }
}
