/** Hands records to those who follow them, as they come. */

import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";

export type FlowListener = (records: readonly FlowRecord[]) => void;

export class FlowFeed {
  readonly #listeners = new Set<FlowListener>();

  /** Until the function that it returns is called. */
  subscribe(listener: FlowListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  publish(records: readonly FlowRecord[]): void {
    for (const listener of this.#listeners) listener(records);
  }
}
