/** Who is told of what happens and of what hosts report: parts that know nothing of each other, and may come later than those that tell. */

import type { Sighted } from "../alerts/detectors/sighted.ts";
import type { EstateEvent } from "../policy/estate.ts";

export interface Listener {
  readonly happened?: (event: EstateEvent) => void;
  /** A host's report was taken. */
  readonly reported?: (seen: Sighted) => void;
}

export class Switchboard {
  readonly #listeners: Listener[] = [];

  /** From now on, after those who listen already. */
  connect(listener: Listener): void {
    this.#listeners.push(listener);
  }

  happened(event: EstateEvent): void {
    for (const listener of this.#listeners) listener.happened?.(event);
  }

  reported(seen: Sighted): void {
    for (const listener of this.#listeners) listener.reported?.(seen);
  }
}
