/** Hands records to those who follow them, as they come. */

import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";

export type FlowListener = (records: readonly FlowRecord[]) => void;

export class FlowFeed {
  readonly #listeners = new Set<FlowListener>();

  /** Until it is disposed of. */
  subscribe(listener: FlowListener): Disposable {
    this.#listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener);
      },
    };
  }

  publish(records: readonly FlowRecord[]): void {
    for (const listener of this.#listeners) listener(records);
  }
}
