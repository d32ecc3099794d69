/** The spool on disk, which gets on with a disk that is full, read-only or damaged: it says so, keeps what it can, and recovers by itself. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import { findFlows } from "./flow-search.ts";
import { Held } from "./held.ts";
import { lossesSince, mergedLosses } from "./loss-table.ts";
import type { Batch } from "./outbox.ts";
import { RecoveringDisk } from "./recovering-disk.ts";
import type { FlowQuery, Spool, SpoolHealth } from "./spool.ts";
import { bornAt, spoolPath } from "./spool-file.ts";
import { DEFAULT_LIMITS, type SpoolLimits } from "./spool-limits.ts";

export interface SpoolOptions {
  /** The state directory. */
  readonly directory: string;
  readonly limits?: Partial<SpoolLimits>;
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly now: () => number;
  /** Hears of a file that was set aside, and when writing begins to fail. */
  readonly tell?: (note: BulkheadError) => void;
}

/** What was seen so long before it was recorded may have been lost with whoever was about to record it. */
const ON_ITS_WAY_MILLISECONDS = 1_000;

/** Throws `daemon/spool-newer`; a disk that cannot be written is no reason not to open. */
export function openSpool(options: SpoolOptions): Spool {
  return new DiskSpool(options);
}

class DiskSpool implements Spool {
  readonly #limits: SpoolLimits;
  readonly #now: () => number;
  readonly #held: Held;
  readonly #disk: RecoveringDisk;

  constructor({ directory, limits, now, tell }: SpoolOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#now = now;
    const held = new Held(this.#limits.held);
    this.#held = held;
    const path = spoolPath(directory);
    const inUseSince = bornAt(path, now());
    this.#disk = new RecoveringDisk(path, now, {
      tell: tell ?? (() => {}),
      lost: (loss) => held.add({ records: [], losses: [loss] }),
    });
    // Whatever is wrong with the file is found, and said, now.
    this.add({ records: [], losses: [] });
    if (inUseSince !== undefined) this.#tellUnseen(inUseSince);
  }

  add(batch: { readonly records: readonly FlowRecord[]; readonly losses: readonly Loss[] }): void {
    this.#held.add(batch);
    const written = this.#disk.write((disk) => {
      const { records, losses } = this.#held;
      const now = this.#now();
      disk.write(records, losses, now);
      this.#held.clear();
      disk.shrink(this.#limits, now, records.length);
      return true;
    });
    if (written === undefined) this.#held.keepWithin();
  }

  find(query: FlowQuery): readonly FlowRecord[] {
    const also = this.#held.records;
    return (
      this.#disk.read(({ database }) => findFlows(database, query, also)) ?? findFlows(undefined, query, also)
    );
  }

  losses(since: number): readonly Loss[] {
    const stored = this.#disk.read(({ database }) => lossesSince(database, since)) ?? [];
    return mergedLosses([...stored, ...this.#held.losses.filter(({ end }) => end >= since)]);
  }

  unsent(most: number): Batch {
    return (
      this.#disk.write(({ outbox }) => outbox.next(most, this.#now())) ?? { upTo: 0, records: [], losses: [] }
    );
  }

  acknowledge(upTo: number): void {
    this.#disk.write(({ outbox }) => outbox.acknowledge(upTo));
  }

  health(): SpoolHealth {
    const { records, losses } = this.#held;
    const stored = this.#disk.read((disk) => disk.health()) ?? NOTHING_STORED;
    return {
      ...stored,
      records: stored.records + records.length,
      unsent: stored.unsent + records.length,
      lost: stored.lost + losses.reduce((sum, { count }) => sum + (count ?? 0), 0),
      trouble: this.#disk.trouble,
    };
  }

  /** From the last that is told of until now nobody watched, however the one before has ended. */
  #tellUnseen(inUseSince: number): void {
    const now = this.#now();
    const last = this.#disk.read((disk) => disk.lastTold(now)) ?? inUseSince;
    if (last >= now) return;
    this.add({
      records: [],
      losses: [{ what: "connection-events", start: last - ON_ITS_WAY_MILLISECONDS, end: now }],
    });
  }

  [Symbol.dispose](): void {
    if (this.#held.records.length + this.#held.losses.length > 0) this.add({ records: [], losses: [] });
    this.#disk.close();
  }
}

const NOTHING_STORED = { records: 0, bytes: 0, oldest: undefined, unsent: 0, lost: 0 };
