/** Finds records, over their numbers first: a query over millions of rows makes records only of what it returns. */

import { BUCKET_MILLISECONDS, type FlowRecord } from "@bulkhead/shared/flow/record.ts";
import type { Database } from "./database.ts";
import { flowFilter, isUnit, peerFilter } from "./flow-filter.ts";
import { recordOf, type StoredFlow } from "./flow-rows.ts";
import { directionOf, verdictOf } from "./flow-table.ts";
import { flowKey, mergedFlows } from "./merged-flows.ts";
import type { FlowQuery } from "./spool.ts";
import { localOf, NO_WORD, remoteOf, WordReader } from "./words.ts";

/** Merged by SQLite, so that what stays alike over a month is one row here. */
const SELECT = `SELECT bucket, local, remote, kind, service, rule, pid,
    min(bucket * ${BUCKET_MILLISECONDS} + start) AS first, max(bucket * ${BUCKET_MILLISECONDS} + finish) AS last,
    sum(connections) AS connections, sum(packets) AS packets, sum(bytes) AS bytes, sum(ended) AS ended, sum(lasted) AS lasted
  FROM flow WHERE bucket >= ? AND bucket <= ?`;

type Row = Omit<StoredFlow, "start" | "finish"> & { readonly first: number; readonly last: number };

/** `also`: records that are not on disk. */
export function findFlows(
  database: Database | undefined,
  query: FlowQuery,
  also: readonly FlowRecord[],
): FlowRecord[] {
  const matches = flowFilter(query);
  const fresh = also.filter((record) => isWithin(record, query) && matches(record));
  // Where nothing is to be merged with them, no more records are made than are returned.
  const most = fresh.length === 0 ? query.most : Number.POSITIVE_INFINITY;
  const stored = database === undefined ? [] : storedFlows(database, query, most);
  if (fresh.length === 0) return stored;
  const keyOf = query.perBucket ? (record: FlowRecord) => `${record.bucket} ${flowKey(record)}` : flowKey;
  return mergedFlows([...stored, ...fresh], keyOf)
    .sort((a, b) => b.end - a.end || b.start - a.start)
    .slice(0, query.most);
}

export function isWithin(
  { start, end }: Pick<FlowRecord, "start" | "end">,
  { since, until }: FlowQuery,
): boolean {
  return end >= since && (until === undefined || start <= until);
}

function storedFlows(database: Database, query: FlowQuery, most: number): FlowRecord[] {
  const words = new WordReader(database);
  const isWanted = rowFilter(query, words);
  const merged = new Map<string, Row>();
  const groups = `${query.perBucket ? "bucket, " : ""}local, remote, kind, service, rule`;
  const rows = database.prepare(`${SELECT} GROUP BY ${groups}`);
  for (const row of rows.iterate(...bucketsOf(query)) as IterableIterator<Row>) {
    if (!isWanted(row)) continue;
    const key = keyOf(row, words, query);
    const before = merged.get(key);
    merged.set(key, before === undefined ? row : joined(before, row));
  }
  return [...merged.values()]
    .filter(({ first, last }) => isWithin({ start: first, end: last }, query))
    .sort((a, b) => b.last - a.last || b.first - a.first)
    .slice(0, most)
    .map((row) => foundRecord(row, words, query));
}

/** A word that was written in several eras has several numbers. */
function keyOf(row: Row, words: WordReader, { perBucket }: FlowQuery): string {
  const { bucket, local, remote, kind, service, rule } = row;
  const who = `${words.same(local)} ${words.same(remote)} ${rule === NO_WORD ? NO_WORD : words.same(rule)}`;
  return `${perBucket ? bucket : ""} ${who} ${kind} ${service}`;
}

function joined(a: Row, b: Row): Row {
  return {
    ...a,
    pid: (b.last >= a.last ? b.pid : a.pid) ?? a.pid ?? b.pid,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    connections: a.connections + b.connections,
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    ended: a.ended + b.ended,
    lasted: a.lasted + b.lasted,
  };
}

function foundRecord(row: Row, words: WordReader, { perBucket }: FlowQuery): FlowRecord {
  const bucket = perBucket ? row.bucket * BUCKET_MILLISECONDS : bucketOf(row.first);
  return { bucket, start: row.first, end: row.last, ...recordOf(row, words) };
}

/** Parties are many times fewer than rows: each is looked at once. */
function rowFilter(query: FlowQuery, words: WordReader): (row: Row) => boolean {
  const isPeer = peerFilter(query.peer);
  const locals = remembered((id) => isUnit(query.unit, localOf(words.textOf(id)).unit));
  const remotes = remembered((id) => isPeer(remoteOf(words.textOf(id))));
  return ({ kind, local, remote }) =>
    (query.verdicts === undefined || query.verdicts.includes(verdictOf(kind))) &&
    (query.direction === undefined || query.direction === directionOf(kind)) &&
    (query.unit === undefined || locals(local)) &&
    (query.peer === undefined || remotes(remote));
}

function remembered(answer: (id: number) => boolean): (id: number) => boolean {
  const answers = new Map<number, boolean>();
  return (id) => {
    const known = answers.get(id) ?? answer(id);
    answers.set(id, known);
    return known;
  };
}

function bucketsOf({ since, until }: FlowQuery): readonly [number, number] {
  const last = until === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(until / BUCKET_MILLISECONDS);
  return [Math.floor(since / BUCKET_MILLISECONDS), last];
}

function bucketOf(moment: number): number {
  return Math.floor(moment / BUCKET_MILLISECONDS) * BUCKET_MILLISECONDS;
}
