/** Keeps records on disk until somebody has taken them, bounded in size and age. */

import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";

export interface Spool extends Disposable {
  /** Adds counters to the record with the same key and bucket, or makes one. In one transaction. Never throws for a full or broken disk: that becomes a loss. */
  add(batch: { readonly records: readonly FlowRecord[]; readonly losses: readonly Loss[] }): void;
  /** Newest first, merged over buckets unless `perBucket`. */
  find(query: FlowQuery): readonly FlowRecord[];
  losses(since: number): readonly Loss[];
  /** The oldest records of closed buckets that nobody has acknowledged, with the number to acknowledge them by. The same until then. */
  unsent(most: number): {
    readonly upTo: number;
    readonly records: readonly FlowRecord[];
    readonly losses: readonly Loss[];
  };
  acknowledge(upTo: number): void;
  health(): SpoolHealth;
}

export interface FlowQuery {
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly since: number;
  readonly until?: number;
  readonly verdicts?: readonly Verdict[];
  readonly direction?: Direction;
  readonly unit?: string;
  /** A host's name, a segment, an address or a block. */
  readonly peer?: string;
  readonly perBucket?: boolean;
  readonly most: number;
}

export interface SpoolHealth {
  readonly records: number;
  readonly bytes: number;
  readonly oldest: number | undefined;
  readonly unsent: number;
  readonly lost: number;
  /** Why nothing can be kept at the moment; undefined where all is well. */
  readonly trouble: string | undefined;
}
