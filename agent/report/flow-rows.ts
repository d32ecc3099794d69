/** From rows back to records. */

import { BUCKET_MILLISECONDS, type FlowRecord } from "@bulkhead/shared/flow/record.ts";
import type { Database } from "./database.ts";
import { directionOf, SERVICE_ROOM, verdictOf } from "./flow-table.ts";
import { localOf, NO_WORD, remoteOf, ruleOf, WordReader } from "./words.ts";

/** A row of the table `flow`, by the names of its columns. */
export interface StoredFlow {
  readonly bucket: number;
  readonly local: number;
  readonly remote: number;
  readonly kind: number;
  readonly service: number;
  readonly rule: number;
  readonly start: number;
  readonly finish: number;
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  readonly ended: number;
  readonly lasted: number;
  readonly pid: number | null;
}

export function recordsOf(database: Database, rows: readonly StoredFlow[]): FlowRecord[] {
  const words = new WordReader(database);
  return rows.map((row) => storedRecord(row, words));
}

function storedRecord(row: StoredFlow, words: WordReader): FlowRecord {
  const bucket = row.bucket * BUCKET_MILLISECONDS;
  return { bucket, start: bucket + row.start, end: bucket + row.finish, ...recordOf(row, words) };
}

/** All but its time, which a query may have put together from several rows. */
export function recordOf(
  row: Omit<StoredFlow, "bucket" | "start" | "finish">,
  words: WordReader,
): Omit<FlowRecord, "bucket" | "start" | "end"> {
  const { connections, packets, bytes, ended, lasted } = row;
  return {
    direction: directionOf(row.kind),
    verdict: verdictOf(row.kind),
    local: { ...localOf(words.textOf(row.local)), ...(row.pid === null ? {} : { pid: row.pid }) },
    remote: remoteOf(words.textOf(row.remote)),
    protocol: Math.floor(row.service / SERVICE_ROOM),
    service: row.service % SERVICE_ROOM,
    rule: row.rule === NO_WORD ? null : ruleOf(words.textOf(row.rule)),
    connections,
    packets,
    bytes,
    ended,
    lasted,
  };
}
