/** One open file with its tables, whose counts and progress are those of the file as long as no write fails. */

import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import { type Database, usedBytes } from "./database.ts";
import { type Dropped, FlowTable } from "./flow-table.ts";
import { LossTable, lostCount } from "./loss-table.ts";
import { Outbox } from "./outbox.ts";
import type { SpoolHealth } from "./spool.ts";
import type { SpoolLimits } from "./spool-limits.ts";

/** So many rows are dropped at once: few enough not to be felt. */
const CHUNK = 5_000;

export class SpoolDisk {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly #flows: FlowTable;
  readonly #losses: LossTable;

  constructor(database: Database, now: number) {
    this.database = database;
    this.outbox = new Outbox(database, now);
    this.#flows = new FlowTable(database);
    this.#losses = new LossTable(database);
  }

  get records(): number {
    return this.#flows.count;
  }

  health(): Omit<SpoolHealth, "trouble"> {
    return {
      records: this.records,
      bytes: usedBytes(this.database),
      oldest: this.#flows.oldestBucket(),
      unsent: this.outbox.countUnsent(),
      lost: lostCount(this.database),
    };
  }

  /** The last moment up to `now` of which a record or a loss tells. */
  lastTold(now: number): number | undefined {
    const moments = [this.#flows.lastSeen(now), this.#losses.lastEnd(now)].filter((one) => one !== undefined);
    return moments.length === 0 ? undefined : Math.max(...moments);
  }

  /** All of it, or nothing. */
  write(records: readonly FlowRecord[], losses: readonly Loss[], now: number): void {
    this.database
      .transaction(() => {
        this.outbox.reopen(this.#flows.add(records, now));
        this.#losses.add(losses, now);
      })
      .immediate();
  }

  /** Makes it fit its limits again. As much goes at once as `added` may have brought, and some more, so that a long backlog is worked off in small pieces. */
  shrink(limits: SpoolLimits, now: number, added: number): void {
    const past = now - limits.milliseconds;
    let budget = added + CHUNK;
    this.#drop(() => this.#flows.dropBefore(past, budget, this.outbox.onItsWay), now);
    this.#losses.dropNotedBefore(past, this.outbox.onItsWay);
    while (budget > 0 && usedBytes(this.database) > limits.bytes) {
      const most = Math.min(CHUNK, Math.max(1, Math.ceil(this.records / 10)));
      const dropped = this.#drop(() => this.#flows.dropOldest(most, this.outbox.onItsWay), now);
      if (dropped === 0) return;
      budget -= dropped;
    }
  }

  #drop(work: () => Dropped | undefined, now: number): number {
    return this.database
      .transaction(() => {
        const dropped = work();
        if (dropped === undefined) return 0;
        const { start, end, unsent, rows } = dropped;
        // What somebody has taken is not lost.
        if (unsent > 0) this.#losses.add([{ what: "spool-full", start, end, count: unsent }], now);
        return rows;
      })
      .immediate();
  }
}
