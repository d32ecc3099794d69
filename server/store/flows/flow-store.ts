/** What hosts have seen, kept at the centre: taken once, joined from both ends, coarser with age, bounded in size. */

import { statSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { BUCKET_MILLISECONDS } from "@bulkhead/shared/flow/record.ts";
import { type Database, isFull, openDatabase } from "../database.ts";
import { prepareCandidates } from "./candidates.ts";
import { ClosedFlows, type ClosedPage, type FlowPlace } from "./closed-flows.ts";
import { compactPiece, usedBytes } from "./compaction.ts";
import { findFlows } from "./flow-search.ts";
import { type FlowSummary, type SummaryQuery, summaryOf } from "./flow-summary.ts";
import { type TimelineQuery, type TimelineSlot, timelineOf } from "./flow-timeline.ts";
import { Identities, type ReportedRecord } from "./identities.ts";
import type { FlowPage, FlowSearch } from "./joined-flow.ts";
import { LateTable } from "./late-table.ts";
import { LossTable, type NewLoss, type StoredLoss } from "./loss-table.ts";
import { type Reporter, Reporters } from "./reporters.ts";
import { DEFAULT_RETENTION, type Retention, stretchOf } from "./retention.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { TallyTable } from "./tally-table.ts";

export interface FlowStoreOptions {
  /** The file, `flows.db`; it is made where it is missing. */
  readonly path: string;
  readonly now: () => number;
  /** Asked for anew each time, as settings change. */
  readonly retention?: () => Retention;
  /** The moment before which flows may have been exported, so that what is reported of before is to be told again; undefined where nobody exports flows. */
  readonly closedBefore?: () => number | undefined;
  /** Told of the moments of records that were removed for being too old or too many. */
  readonly dropped?: (moments: readonly number[]) => void;
}

export interface FlowReport {
  readonly host: Reporter;
  /** Grows from report to report of a host. */
  readonly upTo: number;
  readonly records: readonly ReportedRecord[];
  readonly losses: readonly NewLoss[];
}

export interface Taken {
  /** `known`: this report, or a later one, was taken before; nothing has changed. */
  readonly kind: "taken" | "known";
  /** Records that were left out, and are counted as lost: of an address that is not the host's own, or no address, or older than anything that is kept. */
  readonly refused: number;
}

export interface FlowStore extends Disposable {
  /** All of a report, once, in one transaction that survives a loss of power. Throws `server/store-full`, and has then changed nothing. */
  take(report: FlowReport): Taken;
  /** The number of the host's last report that was taken; -1 where none was. */
  lastTaken(hostId: string): number;
  /** Throws `server/invalid-request` for a service or a cursor that is none. */
  find(search: FlowSearch): FlowPage;
  summary(query: SummaryQuery): FlowSummary;
  timeline(query: TimelineQuery): readonly TimelineSlot[];
  /** All that were not over by `since`, in the order of their beginnings; of one host, by its name, or of all. */
  losses(since: number, host?: string): readonly StoredLoss[];
  size(): FlowStoreSize;
  /** Flows to export: what comes after a place in their order, of about so many sources, destinations and services at most. */
  closed(place: FlowPlace, most: number): ClosedPage;
  /** The number of the last flow that was late. */
  lastLate(): number;
  /** Forgets late flows up to this number, a piece at a time; returns the number up to which more had to go, 0 where none had. */
  trimLate(toldUpTo: number): number;
  /** One piece of the work, some ten milliseconds; returns whether there may be more to do. Throws `server/store-full`. */
  compact(now: number): boolean;
}

export interface FlowStoreSize {
  /** What is in use, which is what the bound holds to. */
  readonly bytes: number;
  /** What the file and its log take on disk; what was freed in it is used again. */
  readonly fileBytes: number;
  readonly records: number;
  /** The beginning of the span that has the oldest record, milliseconds since 1970-01-01T00:00Z. */
  readonly oldest: number | undefined;
}

/** Throws `server/store-unusable`, `server/store-newer`. */
export function openFlowStore(options: FlowStoreOptions): FlowStore {
  return new SqliteFlowStore(options);
}

/** Late flows that are forgotten at a time. */
const LATE_PER_PIECE = 10_000;

class SqliteFlowStore implements FlowStore {
  readonly #path: string;
  readonly #now: () => number;
  readonly #retention: () => Retention;
  readonly #database: Database;
  readonly #identities: Identities;
  readonly #reporters: Reporters;
  readonly #tallies: TallyTable;
  readonly #losses: LossTable;
  readonly #late: LateTable;
  readonly #closed: ClosedFlows;
  readonly #closedBefore: () => number | undefined;
  readonly #dropped: ((moments: readonly number[]) => void) | undefined;

  constructor({ path, now, retention = () => DEFAULT_RETENTION, ...exported }: FlowStoreOptions) {
    this.#path = path;
    this.#now = now;
    this.#retention = retention;
    const database = openDatabase({ path, applicationId: APPLICATION_ID, migrations: MIGRATIONS });
    database.pragma("cache_size = -65536");
    database.pragma("temp_store = MEMORY");
    database.pragma("journal_size_limit = 67108864");
    prepareCandidates(database);
    this.#database = database;
    this.#identities = new Identities(database);
    this.#reporters = new Reporters(database, this.#identities);
    this.#tallies = new TallyTable(database);
    this.#losses = new LossTable(database);
    this.#late = new LateTable(database);
    this.#closed = new ClosedFlows({ database, late: this.#late, isManaged: this.#reporters.isManaged });
    this.#closedBefore = exported.closedBefore ?? (() => undefined);
    this.#dropped = exported.dropped;
  }

  take({ host, upTo, records, losses }: FlowReport): Taken {
    if (upTo <= this.#reporters.lastTaken(host.id)) return { kind: "known", refused: 0 };
    return this.#whole(() => {
      const refused = this.#addAll(host, records);
      const now = this.#now();
      this.#losses.add(host.name, losses);
      if (refused > 0)
        this.#losses.add(host.name, [{ what: "refused", start: now, end: now, count: refused }]);
      this.#reporters.advance(host, upTo);
      return { kind: "taken", refused };
    });
  }

  lastTaken(hostId: string): number {
    return this.#reporters.lastTaken(hostId);
  }

  find(search: FlowSearch): FlowPage {
    return findFlows(this.#database, search, this.#reporters.isManaged);
  }

  summary(query: SummaryQuery): FlowSummary {
    return summaryOf(this.#database, query, this.#reporters.isManaged);
  }

  timeline(query: TimelineQuery): readonly TimelineSlot[] {
    return timelineOf(this.#database, query, this.#reporters.isManaged);
  }

  losses(since: number, host?: string): readonly StoredLoss[] {
    return this.#losses.since(since, host);
  }

  size(): FlowStoreSize {
    const { records, oldest } = this.#database
      .prepare("SELECT coalesce(sum(records), 0) AS records, min(begin) AS oldest FROM span")
      .get() as { records: number; oldest: number | null };
    const files = [this.#path, `${this.#path}-wal`].map((path) => statSync(path, { throwIfNoEntry: false }));
    return {
      bytes: usedBytes(this.#database),
      fileBytes: files.reduce((sum, file) => sum + (file?.size ?? 0), 0),
      records,
      oldest: oldest ?? undefined,
    };
  }

  closed(place: FlowPlace, most: number): ClosedPage {
    return this.#closed.page(place, this.#now(), most);
  }

  lastLate(): number {
    return this.#late.last;
  }

  trimLate(toldUpTo: number): number {
    return this.#whole(() => this.#late.trim(toldUpTo, LATE_PER_PIECE));
  }

  compact(now: number): boolean {
    const gone: number[] = [];
    const isMore = this.#whole(() =>
      compactPiece(
        {
          database: this.#database,
          identities: this.#identities,
          tallies: this.#tallies,
          losses: this.#losses,
          retention: this.#retention(),
          dropped: (moments) => void gone.push(...moments),
        },
        now,
      ),
    );
    if (gone.length > 0) this.#dropped?.(gone);
    return isMore;
  }

  #addAll(host: Reporter, records: readonly ReportedRecord[]): number {
    const now = this.#now();
    const { levels } = this.#retention();
    const own = new Set(host.addresses);
    const name = { name: host.name, segment: host.segment };
    const closed = this.#closedBefore() ?? 0;
    let refused = 0;
    for (const record of records) {
      const stretch = stretchOf(record.bucket, now, levels);
      const flow = own.has(record.local.address) ? this.#identities.flowOf(record, name) : undefined;
      if (flow === undefined || stretch === undefined) refused += 1;
      else {
        this.#tallies.add(stretch, { ...record, flow, ...withinBucket(record) });
        if (record.bucket < closed) this.#late.add(record.bucket, flow);
      }
    }
    this.#tallies.settle();
    return refused;
  }

  /** In one transaction; what was remembered goes with what was rolled back. */
  #whole<Result>(work: () => Result): Result {
    try {
      return this.#database.transaction(work).immediate();
    } catch (error) {
      this.#tallies.forget();
      this.#identities.forget();
      this.#reporters.forget();
      if (!isFull(error)) throw error;
      throw new BulkheadError("server/store-full", `${this.#path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** Whatever a host's clock said: what lies outside its bucket would be found in another one. */
function withinBucket({ bucket, start, end }: ReportedRecord): {
  readonly start: number;
  readonly end: number;
} {
  const first = bucket - (bucket % BUCKET_MILLISECONDS);
  const within = (moment: number) => Math.min(Math.max(moment, first), first + BUCKET_MILLISECONDS - 1);
  return { start: within(start), end: Math.max(within(start), within(end)) };
}
