/** The questions of a search in SQL. All take the time that is asked for as `since` and `until`, and count rows of which any time lies in between. */

import type { Database } from "../database.ts";
import type { SqlPart } from "./candidates.ts";
import { DIRECTIONS, type Half, VERDICTS } from "./half.ts";
import { Names } from "./names.ts";
import { TALLY_BY_BUCKET, TALLY_BY_FLOW } from "./schema.ts";
import type { Slice, Time } from "./slices.ts";
import type { Span } from "./tally-table.ts";

/** Rows of a span that lies in between as a whole need no look.
 * A bucket's beginning is `span.begin + tally.bucket * span.width`; the bounds of `bucket` are what the key of `tally` can use. */
const WITHIN = `tally.bucket BETWEEN CAST((@since - span.begin) / span.width AS INTEGER) AND (@until - span.begin) / span.width
  AND ((span.begin >= @since AND span.finish <= @until) OR (
    span.begin + tally.bucket * span.width + tally.finish >= @since AND span.begin + tally.bucket * span.width + tally.start <= @until))`;

/** total(), as sum() fails where hosts report nonsense that is too large. */
const SUMS = `min(span.begin + tally.bucket * span.width + tally.start) AS start, max(span.begin + tally.bucket * span.width + tally.finish) AS "end",
  total(tally.connections) AS connections, total(tally.packets) AS packets, total(tally.bytes) AS bytes,
  total(tally.ended) AS ended, total(tally.lasted) AS lasted`;

const FACTS = "flow.id, flow.direction, flow.verdict, flow.source_party, flow.destination_party, flow.rule";

/** A span is empty from its last bucket on, as the latest mostly is. */
const SPANS = `SELECT id, begin, width, records,
  min(finish, begin + (coalesce((SELECT max(bucket) FROM tally WHERE tally.span = span.id), 0) + 1) * width) AS finish
  FROM span WHERE span.finish > ? AND begin <= ? ORDER BY finish DESC, begin DESC`;

const CHOSEN_SPANS = "json_each(@spans) AS chosen CROSS JOIN span ON span.id = chosen.value";

/** From all flows, from all of a few buckets, or from the candidates alone. */
const TALLIES = {
  all: `${CHOSEN_SPANS} CROSS JOIN ${TALLY_BY_FLOW} ON tally.span = span.id`,
  few: `${CHOSEN_SPANS} CROSS JOIN ${TALLY_BY_BUCKET} ON tally.span = span.id`,
  candidates: `temp.candidate CROSS JOIN ${CHOSEN_SPANS} CROSS JOIN tally ON tally.span = span.id AND tally.flow = candidate.flow`,
} as const;

/** The flows alone: most are never looked at, as a page is full before. */
export function visitsQuery(from: keyof typeof TALLIES, perBucket: boolean): string {
  const bucket = perBucket ? ", span.begin + tally.bucket * span.width AS bucket, span.width" : "";
  return `SELECT tally.flow, max(span.begin + tally.bucket * span.width + tally.finish) AS "end"${bucket}
    FROM ${TALLIES[from]} WHERE ${WITHIN} GROUP BY tally.flow${perBucket ? ", bucket, width" : ""} ORDER BY "end" DESC`;
}

/**
 * The same of a few buckets, each with whether either end said of it what is wanted; `wanted` is a condition on `flow`. It is asked row by row, in their order, and what it
 * looks up elsewhere is looked up once. SQLite keeps the order of a part alone that has a limit.
 */
export function wantedVisitsQuery(wanted: string, perBucket: boolean): string {
  return `SELECT seen.*, EXISTS (SELECT 1 FROM flow INDEXED BY flow_facts
      WHERE source = key.source AND destination = key.destination AND service = key.service AND ${wanted}) AS isWanted
    FROM (${visitsQuery("few", perBucket)} LIMIT -1) AS seen CROSS JOIN flow AS key ON key.id = seen.flow`;
}

export const HALVES_OF_KEY = `SELECT ${FACTS}, ${SUMS} FROM flow INDEXED BY flow_facts CROSS JOIN span CROSS JOIN tally
  WHERE flow.source = @source AND flow.destination = @destination AND flow.service = @service
  AND span.finish > @since AND span.begin <= @until AND (@width IS NULL OR span.width = @width)
  AND tally.span = span.id AND tally.flow = flow.id AND ${WITHIN} GROUP BY flow.id`;

function halvesQuery(from: From): string {
  return `SELECT flow.source, flow.destination, flow.service, ${FACTS}, found.* FROM (
      SELECT tally.flow, ${SUMS} FROM ${TALLIES[from]} WHERE ${WITHIN} GROUP BY tally.flow
    ) AS found CROSS JOIN flow ON flow.id = found.flow ORDER BY flow.source, flow.destination, flow.service`;
}

/** Who talked to whom over what, by their numbers; of one bucket where it has one. */
export interface Key {
  readonly source: number;
  readonly destination: number;
  readonly service: number;
  readonly bucket?: number;
  readonly width?: number;
}

/** Something that was seen of a key, last at `end`. */
export type Visit = Key & { readonly end: number };
type Seen = Pick<Visit, "bucket" | "width" | "end"> & { readonly flow: number; readonly isWanted?: 0 | 1 };

type HalfRow = Omit<Half, "direction" | "verdict" | "source" | "destination" | "rule"> & {
  readonly direction: number;
  readonly verdict: number;
  readonly source_party: number;
  readonly destination_party: number;
  readonly rule: number;
};

/** What a reader may look at: all flows, or those that were chosen before. */
export type From = "all" | "candidates";

/** For one search. */
export class FlowReader {
  readonly names: Names;
  readonly #database: Database;
  readonly #key;
  readonly #ofKey;

  constructor(database: Database) {
    this.#database = database;
    this.names = new Names(database);
    this.#key = database.prepare("SELECT source, destination, service FROM flow WHERE id = ?");
    this.#ofKey = database.prepare(HALVES_OF_KEY);
  }

  /** The latest first; each as far as there is something in it. */
  spans({ since, until }: Time): readonly Span[] {
    return this.#database.prepare(SPANS).all(since, until) as Span[];
  }

  /** The keys of a slice, those first that were seen last, and again for what was seen of them before. */
  *visits({ spans, isFew, since, until }: Slice, from: From, perBucket: boolean): IterableIterator<Visit> {
    const rows = this.#database
      .prepare(visitsQuery(from === "all" && isFew ? "few" : from, perBucket))
      .iterate({ since, until, spans: idsOf(spans) }) as IterableIterator<Seen>;
    for (const { flow, ...seen } of rows) yield { ...(this.#key.get(flow) as Key), ...seen };
  }

  /** What either end said of a key, over all spans. */
  halvesOf({ source, destination, service, bucket, width }: Key, { since, until }: Time): Half[] {
    const time =
      bucket === undefined || width === undefined
        ? { since, until }
        : { since: Math.max(since, bucket), until: Math.min(until, bucket + width - 1) };
    const rows = this.#ofKey.all({ source, destination, service, width: width ?? null, ...time });
    return (rows as HalfRow[]).map((row) => this.#half(row));
  }

  /** The same of a slice of a few buckets; undefined for each that is not wanted. */
  *wantedVisits(
    { spans, since, until }: Slice,
    { sql, parameters }: SqlPart,
    perBucket: boolean,
  ): IterableIterator<Visit | undefined> {
    const rows = this.#database
      .prepare(wantedVisitsQuery(sql, perBucket))
      .iterate(...parameters, { since, until, spans: idsOf(spans) }) as IterableIterator<Seen>;
    for (const { flow, isWanted, ...seen } of rows)
      yield isWanted === 1 ? { ...(this.#key.get(flow) as Key), ...seen } : undefined;
  }

  /** All halves of the time, those of one key one after the other. */
  *halves(time: Time, from: From): IterableIterator<{ readonly key: Key; readonly halves: readonly Half[] }> {
    const rows = this.#database
      .prepare(halvesQuery(from))
      .iterate({ ...time, spans: idsOf(this.spans(time)) }) as IterableIterator<Key & HalfRow>;
    let key: Key | undefined;
    let halves: Half[] = [];
    for (const row of rows) {
      if (key !== undefined && !isSameKey(key, row)) {
        yield { key, halves };
        halves = [];
      }
      key = row;
      halves.push(this.#half(row));
    }
    if (key !== undefined) yield { key, halves };
  }

  #half(row: HalfRow): Half {
    const { id, start, end, connections, packets, bytes, ended, lasted } = row;
    return {
      ...{ id, start, end, connections, packets, bytes, ended, lasted },
      direction: DIRECTIONS[row.direction] ?? "ingress",
      verdict: VERDICTS[row.verdict] ?? "deny",
      source: this.names.party(row.source_party),
      destination: this.names.party(row.destination_party),
      rule: this.names.rule(row.rule),
    };
  }
}

function isSameKey(a: Key, b: Key): boolean {
  return a.source === b.source && a.destination === b.destination && a.service === b.service;
}

function idsOf(spans: readonly Span[]): string {
  return JSON.stringify(spans.map(({ id }) => id));
}
