/** What waits in memory for the disk: normally for a moment, longer while that is full or read-only. */

import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import { mergedLosses } from "./loss-table.ts";
import { flowKey, mergedFlows } from "./merged-flows.ts";

export class Held {
  readonly #most: number;
  #records: readonly FlowRecord[] = [];
  #losses: readonly Loss[] = [];
  #lost = 0;

  /** `most`: records that are kept; the oldest go first, and are counted. */
  constructor(most: number) {
    this.#most = most;
  }

  get records(): readonly FlowRecord[] {
    return this.#records;
  }

  get losses(): readonly Loss[] {
    return this.#losses;
  }

  /** Records that had to go since the last `clear`. */
  get lost(): number {
    return this.#lost;
  }

  add(batch: { readonly records: readonly FlowRecord[]; readonly losses: readonly Loss[] }): void {
    this.#records = this.#records.length === 0 ? batch.records : [...this.#records, ...batch.records];
    if (batch.losses.length > 0) this.#losses = mergedLosses([...this.#losses, ...batch.losses]);
  }

  clear(): void {
    this.#records = [];
    this.#losses = [];
    this.#lost = 0;
  }

  /** After a write that failed: only now is it worth while to merge and count. */
  keepWithin(): void {
    if (this.#records.length > this.#most)
      this.#records = mergedFlows(this.#records, (record) => `${record.bucket} ${flowKey(record)}`);
    const tooMany = this.#records.length - this.#most;
    if (tooMany <= 0) return;
    const inOrder = this.#records.toSorted((a, b) => a.bucket - b.bucket);
    const gone = inOrder.slice(0, tooMany);
    this.#records = inOrder.slice(tooMany);
    this.#lost += gone.length;
    this.#losses = mergedLosses([...this.#losses, lossOf(gone)]);
  }
}

function lossOf(records: readonly FlowRecord[]): Loss {
  return {
    what: "spool-broken",
    start: records.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY),
    end: records.reduce((last, { end }) => Math.max(last, end), 0),
    count: records.length,
  };
}
