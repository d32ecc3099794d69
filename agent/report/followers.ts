/** Those who want to hear of records as they are seen. */

import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import { type FlowFilter, flowFilter } from "./flow-filter.ts";

type Listener = (records: readonly FlowRecord[]) => void;

export class Followers {
  readonly #listeners = new Set<Listener>();

  /** Until the function that it returns is called. */
  follow(filter: FlowFilter, tell: Listener): () => void {
    const matches = flowFilter(filter);
    const listener: Listener = (records) => {
      const found = records.filter(matches);
      if (found.length > 0) tell(found);
    };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(records: readonly FlowRecord[]): void {
    for (const listener of this.#listeners) listener(records);
  }
}
