/** The questions of a search in SQL. All take the time that is asked for as `since` and `until`, and count rows of which any time lies in between. */

import type { Database } from "../database.ts";
import { DIRECTIONS, type Half, VERDICTS } from "./half.ts";
import { Names } from "./names.ts";
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

const CHOSEN_SPANS = "json_each(@spans) AS chosen CROSS JOIN span ON span.id = chosen.value";

/** From all flows, or from the candidates alone. */
const TALLIES = {
  all: `${CHOSEN_SPANS} CROSS JOIN tally ON tally.span = span.id`,
  candidates: `temp.candidate CROSS JOIN ${CHOSEN_SPANS} CROSS JOIN tally ON tally.span = span.id AND tally.flow = candidate.flow`,
} as const;

/** The flows alone: most are never looked at, as a page is full before. */
export function visitsQuery(from: "all" | "candidates", perBucket: boolean): string {
  const bucket = perBucket ? ", span.begin + tally.bucket * span.width AS bucket, span.width" : "";
  return `SELECT tally.flow, max(span.begin + tally.bucket * span.width + tally.finish) AS "end"${bucket}
    FROM ${TALLIES[from]} WHERE ${WITHIN} GROUP BY tally.flow${perBucket ? ", bucket, width" : ""} ORDER BY "end" DESC`;
}

export const HALVES_OF_KEY = `SELECT ${FACTS}, ${SUMS} FROM flow INDEXED BY flow_facts CROSS JOIN span CROSS JOIN tally
  WHERE flow.source = @source AND flow.destination = @destination AND flow.service = @service
  AND span.finish > @since AND span.begin <= @until AND (@width IS NULL OR span.width = @width)
  AND tally.span = span.id AND tally.flow = flow.id AND ${WITHIN} GROUP BY flow.id`;

function halvesQuery(from: "all" | "candidates"): string {
  return `SELECT flow.source, flow.destination, flow.service, ${FACTS}, found.* FROM (
      SELECT tally.flow, ${SUMS} FROM ${TALLIES[from]} WHERE ${WITHIN} GROUP BY tally.flow
    ) AS found CROSS JOIN flow ON flow.id = found.flow ORDER BY flow.source, flow.destination, flow.service`;
}

export interface Time {
  readonly since: number;
  readonly until: number;
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
type Seen = Pick<Visit, "bucket" | "width" | "end"> & { readonly flow: number };

type HalfRow = Omit<Half, "direction" | "verdict" | "source" | "destination" | "rule"> & {
  readonly direction: number;
  readonly verdict: number;
  readonly source_party: number;
  readonly destination_party: number;
  readonly rule: number;
};

/** For one search. */
export class FlowReader {
  readonly names: Names;
  readonly #database: Database;
  readonly #from: "all" | "candidates";
  readonly #key;
  readonly #ofKey;

  /** `from`: where `candidates`, they were chosen before. */
  constructor(database: Database, from: "all" | "candidates") {
    this.#database = database;
    this.#from = from;
    this.names = new Names(database);
    this.#key = database.prepare("SELECT source, destination, service FROM flow WHERE id = ?");
    this.#ofKey = database.prepare(HALVES_OF_KEY);
  }

  /** The latest first. */
  spans({ since, until }: Time): readonly Span[] {
    return this.#database
      .prepare("SELECT * FROM span WHERE finish > ? AND begin <= ? ORDER BY finish DESC, begin DESC")
      .all(since, until) as Span[];
  }

  /** The keys of these spans, those first that were seen last, and again for what was seen of them before. */
  *visits(spans: readonly Span[], time: Time, perBucket: boolean): IterableIterator<Visit> {
    const rows = this.#database
      .prepare(visitsQuery(this.#from, perBucket))
      .iterate({ ...time, spans: idsOf(spans) }) as IterableIterator<Seen>;
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

  /** All halves of the time, those of one key one after the other. */
  *halves(time: Time): IterableIterator<{ readonly key: Key; readonly halves: readonly Half[] }> {
    const rows = this.#database
      .prepare(halvesQuery(this.#from))
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
