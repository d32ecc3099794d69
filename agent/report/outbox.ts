/** Who takes records takes each once: they are handed over in numbered batches, which stay as they are until they are acknowledged. */

import { BUCKET_MILLISECONDS, type FlowRecord, type Loss } from "@bulkhead/shared/flow/record.ts";
import type { Database } from "./database.ts";
import { recordsOf, type StoredFlow } from "./flow-rows.ts";
import { kindOf } from "./flow-table.ts";
import { lossesOf } from "./loss-table.ts";

/** A bucket takes latecomers for a while; what comes still later becomes a record of its own. */
const GRACE_MILLISECONDS = 5_000;
const LOSS_CLOSES_AFTER = 60_000;
/** What was denied is told at once, and once more with all that followed when the bucket is over: however often it is tried, that is two records. */
const FIRST_DENIAL = `(kind IN (?, ?) AND NOT EXISTS (SELECT 1 FROM flow AS told WHERE told.bucket = flow.bucket AND told.local = flow.local
  AND told.remote = flow.remote AND told.kind = flow.kind AND told.service = flow.service AND told.rule = flow.rule AND told.batch > 0))`;
const DENIED = [kindOf("ingress", "deny"), kindOf("egress", "deny")];
const FIRST_BUCKET = -(2 ** 40);

interface Progress {
  /** Batches are numbered from here on; later than the numbers of any file before this one. */
  readonly firstNumber: number;
  /** The last batch that was handed over, and the last that was acknowledged: the same, or one apart. */
  readonly handed: number;
  readonly acknowledged: number;
  /** No bucket before this one holds a record that was not handed over. */
  readonly fromBucket: number;
  /** The buckets of the batch that is on its way. */
  readonly handedFrom: number;
  readonly handedTo: number;
}

export interface Batch {
  readonly upTo: number;
  readonly records: readonly FlowRecord[];
  readonly losses: readonly Loss[];
}

export class Outbox {
  readonly #database: Database;
  #progress: Progress;

  /** `now` numbers the batches of a fresh file. */
  constructor(database: Database, now: number) {
    this.#database = database;
    this.#progress = readProgress(database) ?? this.#begin(now);
  }

  /** The batch that is on its way; a number that no record has where there is none. */
  get onItsWay(): number {
    const { handed, acknowledged } = this.#progress;
    return handed > acknowledged ? handed : -1;
  }

  /** Something was added to this bucket, perhaps long after it was handed over. Within the transaction that adds it. */
  reopen(bucket: number): void {
    if (bucket < this.#progress.fromBucket) this.#save({ ...this.#progress, fromBucket: bucket });
  }

  next(most: number, now: number): Batch {
    if (this.onItsWay < 0) this.#handOver(most, now);
    const { firstNumber, acknowledged } = this.#progress;
    const batch = this.onItsWay;
    if (batch < 0) return { upTo: firstNumber + acknowledged, records: [], losses: [] };
    return { upTo: firstNumber + batch, records: this.#rows(batch), losses: lossesOf(this.#database, batch) };
  }

  /** Any other number than that of the batch on its way is of one that was acknowledged before, or of another file. */
  acknowledge(upTo: number): void {
    const { firstNumber, handed, acknowledged } = this.#progress;
    if (handed === acknowledged || upTo !== firstNumber + handed) return;
    this.#save({ ...this.#progress, acknowledged: handed });
  }

  countUnsent(): number {
    const { fromBucket } = this.#progress;
    const waiting = this.#database
      .prepare("SELECT count(*) FROM flow WHERE bucket >= ? AND batch = 0")
      .pluck()
      .get(fromBucket) as number;
    return waiting + (this.onItsWay < 0 ? 0 : this.#rows(this.onItsWay).length);
  }

  #handOver(most: number, now: number): void {
    const closed = Math.floor((now - GRACE_MILLISECONDS) / BUCKET_MILLISECONDS);
    // A bucket of the future is of a clock that was wrong; nobody adds to it any more.
    const future = Math.floor(now / BUCKET_MILLISECONDS) + 1;
    this.#database.transaction(() => {
      const batch = this.#progress.handed + 1;
      const rows = this.#database
        .prepare(
          `SELECT id, bucket FROM flow WHERE batch = 0 AND bucket >= ? AND (bucket < ? OR bucket > ? OR ${FIRST_DENIAL}) ORDER BY bucket LIMIT ?`,
        )
        .all(this.#progress.fromBucket, closed, future, ...DENIED, most) as { id: number; bucket: number }[];
      const mark = this.#database.prepare("UPDATE flow SET batch = ? WHERE id = ?");
      for (const { id } of rows) mark.run(batch, id);
      const losses = this.#database
        .prepare(
          "UPDATE loss SET batch = ? WHERE id IN (SELECT id FROM loss WHERE batch = 0 AND (noted < ? OR noted > ?) ORDER BY id LIMIT ?)",
        )
        .run(batch, now - LOSS_CLOSES_AFTER, now + LOSS_CLOSES_AFTER, most).changes;
      if (rows.length + losses === 0) return;
      const first = rows[0]?.bucket ?? 0;
      const last = rows.at(-1)?.bucket ?? -1;
      const fromBucket = rows.length === 0 ? this.#progress.fromBucket : Math.min(last, closed - 1);
      this.#save({ ...this.#progress, handed: batch, fromBucket, handedFrom: first, handedTo: last });
    })();
  }

  #rows(batch: number): FlowRecord[] {
    const { handedFrom, handedTo } = this.#progress;
    const rows = this.#database
      .prepare("SELECT * FROM flow WHERE bucket BETWEEN ? AND ? AND batch = ? ORDER BY bucket, id")
      .all(handedFrom, handedTo, batch) as StoredFlow[];
    return recordsOf(this.#database, rows);
  }

  #begin(now: number): Progress {
    const fresh = { handed: 0, acknowledged: 0, fromBucket: FIRST_BUCKET, handedFrom: 0, handedTo: -1 };
    const progress = { firstNumber: now, ...fresh };
    this.#save(progress);
    return progress;
  }

  #save(progress: Progress): void {
    this.#database.transaction(() => {
      this.#database.prepare("DELETE FROM progress").run();
      this.#database
        .prepare("INSERT INTO progress VALUES (?, ?, ?, ?, ?, ?)")
        .run(
          progress.firstNumber,
          progress.handed,
          progress.acknowledged,
          progress.fromBucket,
          progress.handedFrom,
          progress.handedTo,
        );
    })();
    this.#progress = progress;
  }
}

function readProgress(database: Database): Progress | undefined {
  return database
    .prepare(
      `SELECT first_number AS firstNumber, handed, acknowledged, from_bucket AS fromBucket, handed_from AS handedFrom, handed_to AS handedTo FROM progress`,
    )
    .get() as Progress | undefined;
}
