/** Takes in a host's report: what makes no sense or is too much is left out, counted and shown as lost. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { FlowReport, FlowStore } from "../store/flows/flow-store.ts";
import type { NewLoss, StoredLossKind } from "../store/flows/loss-table.ts";
import type { Reporter } from "../store/flows/reporters.ts";
import type { Quota } from "./quota.ts";
import { isRecent, isSane } from "./sane-record.ts";

export interface IngestLimits {
  readonly now: () => number;
  /** One for all hosts, for as long as the server runs. */
  readonly quota: Quota;
  /** Of one report. */
  readonly records?: number;
  readonly losses?: number;
}

export interface Outcome {
  /**
   * `taken`, `known` (taken before), `over-quota` (taken but for the records beyond the quota): to be acknowledged. `full`: the disk has no room, nothing was taken,
   * and the agent has to keep its report.
   */
  readonly kind: "taken" | "known" | "full" | "over-quota";
  readonly upTo: number;
  /** Records and losses that were left out as no host may report them, and those beyond the quota. */
  readonly refused: number;
  readonly overQuota: number;
}

const MOST_RECORDS = 10_000;
const MOST_LOSSES = 1_000;

interface Report {
  readonly upTo: number;
  /** Null: one that was not understood. */
  readonly records: readonly (FlowReport["records"][number] | null)[];
  readonly losses: readonly (FlowReport["losses"][number] | null)[];
}

/** `host`: who reports by its certificate, and its addresses as the centre knows them. Throws what is wrong with the store, but for a full disk. */
export function ingest(report: Report, host: Reporter, store: FlowStore, limits: IngestLimits): Outcome {
  const { upTo } = report;
  if (upTo <= store.lastTaken(host.id)) return { kind: "known", upTo, refused: 0, overQuota: 0 };
  const now = limits.now();
  const records = report.records
    .slice(0, limits.records ?? MOST_RECORDS)
    .filter((record) => record !== null)
    .filter((record) => isSane(record, now));
  const losses = report.losses
    .slice(0, limits.losses ?? MOST_LOSSES)
    .filter((loss) => loss !== null)
    .filter((loss) => isSaneLoss(loss, now));
  const left = limits.quota.left(host.id, now);
  const taken = records.slice(0, left);
  const told = losses.slice(0, left - taken.length);
  const overQuota = records.length - taken.length + (losses.length - told.length);
  const senseless = report.records.length - records.length + (report.losses.length - losses.length);
  try {
    const { kind, refused } = store.take({
      host,
      upTo,
      records: taken,
      losses: [...told, ...lossOf("over-quota", overQuota, now), ...lossOf("refused", senseless, now)],
    });
    limits.quota.spend(host.id, taken.length + told.length, now);
    return {
      kind: overQuota > 0 ? "over-quota" : kind,
      upTo,
      refused: refused + senseless,
      overQuota,
    };
  } catch (error) {
    if (!(error instanceof BulkheadError && error.code === "server/store-full")) throw error;
    return { kind: "full", upTo, refused: 0, overQuota: 0 };
  }
}

function lossOf(what: StoredLossKind, count: number, now: number): readonly NewLoss[] {
  return count === 0 ? [] : [{ what, start: now, end: now, count }];
}

function isSaneLoss({ start, end, count }: NewLoss, now: number): boolean {
  const isCount = count === undefined || (Number.isSafeInteger(count) && count >= 0);
  return isRecent(start, now) && isRecent(end, now) && isCount;
}
