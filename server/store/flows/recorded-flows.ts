/** All that was recorded in some time, each flow once: for whoever has to judge everything, and can wait for it. */

import { type Database, openReadOnly } from "../database.ts";
import { FlowReader, type Key } from "./flow-reader.ts";
import { keyTexts } from "./flow-search.ts";
import { dayOf, habitsOf, quietHours } from "./habits.ts";
import { DIRECTIONS, type Half, VERDICTS } from "./half.ts";
import type { JoinedFlow } from "./joined-flow.ts";
import { joinedFlow } from "./joining.ts";
import { LossTable, type StoredLoss } from "./loss-table.ts";
import { paired } from "./pairing.ts";
import { TALLY_BY_FLOW } from "./schema.ts";
import type { Span } from "./tally-table.ts";

export interface RecordedTime {
  /** Milliseconds since 1970-01-01T00:00Z. A record counts as a whole if any of its time is in between. */
  readonly since: number;
  readonly until: number;
  /** `ends`: it counts only if it ends in between, so that it counts once in times that follow each other. */
  readonly counts?: "overlaps" | "ends";
}

/** How far the reading has come. */
export interface Reading {
  readonly spans: number;
  readonly ofSpans: number;
  /** Records that were counted. */
  readonly records: number;
}

/** Buckets of one flow lie side by side in a span, so each span is read once and in order, and nothing is sorted. */
const ofSpan = (
  habits: string,
  bound: "start" | "finish",
) => `SELECT flow, min(bucket * @width + start), max(bucket * @width + finish),
  total(connections), total(packets), total(bytes), count(*)${habits}
  FROM ${TALLY_BY_FLOW} WHERE span = @id AND bucket BETWEEN (@since - @begin) / @width AND (@until - @begin) / @width
  AND @begin + bucket * @width + finish >= @since AND @begin + bucket * @width + ${bound} <= @until GROUP BY flow`;

/** In the order of the index, so that the words of both ends of a flow come one after the other. */
const FACTS = `SELECT id, source, destination, service, direction, verdict, source_party, destination_party, rule
  FROM flow INDEXED BY flow_facts ORDER BY source, destination, service`;

interface Sums {
  start: number;
  end: number;
  connections: number;
  packets: number;
  bytes: number;
  /** Where habits are asked for. */
  days: number;
  loud: number;
}

/** A flow, and when it is usually seen. */
export interface HabitualFlow {
  readonly flow: JoinedFlow;
  readonly habit: { readonly days: number; readonly onlyQuietHours: boolean };
}

/** Reads the file beside whoever writes it, as it is now. Throws `server/store-unusable`. */
export class RecordedFlows implements Disposable {
  readonly #database: Database;

  /** @param path of `flows.db`. */
  constructor(path: string) {
    this.#database = openReadOnly(path);
    this.#database.pragma("cache_size = -65536");
    this.#database.exec("BEGIN");
  }

  /** Takes memory for each flow that is different, however often it was seen. */
  *all(time: RecordedTime, progress: (reading: Reading) => void): IterableIterator<JoinedFlow> {
    const sums = this.#sums(time, progress, () => "");
    for (const { flow } of this.#joined(sums)) yield flow;
  }

  /** The same, with the days and hours at which each was seen. */
  *habitual(time: RecordedTime, progress: (reading: Reading) => void): IterableIterator<HabitualFlow> {
    const hours = quietHours(this.#database, this.#spans(time), time);
    const sums = this.#sums(time, progress, (span) => habitsOf(span, hours));
    for (const { flow, halves } of this.#joined(sums)) {
      const seen = halves.flatMap(({ id }) => sums.get(id) ?? []);
      yield {
        flow,
        habit: {
          days: seen.reduce((most, { days }) => Math.max(most, days), 0),
          onlyQuietHours: hours !== 0 && seen.every(({ loud }) => loud === 0),
        },
      };
    }
  }

  /** What was not recorded; all that was not over by `since`. */
  losses(since: number): readonly StoredLoss[] {
    return new LossTable(this.#database).since(since, undefined);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  *#joined(
    sums: ReadonlyMap<number, Sums>,
  ): IterableIterator<{ readonly flow: JoinedFlow; readonly halves: readonly Half[] }> {
    const reader = new FlowReader(this.#database);
    const managed = new Set(
      this.#database
        .prepare("SELECT address FROM own")
        .pluck()
        .all()
        .map((id) => reader.names.address(id as number)),
    );
    for (const { key, halves } of this.#halves(reader, sums))
      for (const pair of paired(halves)) {
        const flow = joinedFlow(keyTexts(reader, key), pair, (address) => managed.has(address));
        yield { flow, halves: [pair.egress, pair.ingress].filter((half) => half !== undefined) };
      }
  }

  #spans({ since, until }: RecordedTime): readonly Span[] {
    return this.#database
      .prepare("SELECT * FROM span WHERE finish > ? AND begin <= ? ORDER BY begin, width DESC")
      .all(since, until) as Span[];
  }

  #sums(
    { counts, ...time }: RecordedTime,
    progress: (reading: Reading) => void,
    habits: (span: Span) => string,
  ): Map<number, Sums> {
    const spans = this.#spans(time);
    const bound = counts === "ends" ? "finish" : "start";
    const sums = new Map<number, Sums>();
    let records = 0;
    for (const [at, span] of spans.entries()) {
      const { id, begin, width } = span;
      const rows = this.#database.prepare(ofSpan(habits(span), bound)).raw();
      for (const row of rows.iterate({ id, begin, width, ...time }) as IterableIterator<number[]>) {
        records += row[COUNT] ?? 0;
        addTo(sums, begin, row);
      }
      progress({ spans: at + 1, ofSpans: spans.length, records });
    }
    return sums;
  }

  /** Those of one key together. */
  *#halves(
    reader: FlowReader,
    sums: ReadonlyMap<number, Sums>,
  ): IterableIterator<{ readonly key: Key; readonly halves: readonly Half[] }> {
    let key: Key | undefined;
    let halves: Half[] = [];
    const rows = this.#database.prepare(FACTS).raw().iterate() as IterableIterator<number[]>;
    for (const [id = 0, source = 0, destination = 0, service = 0, ...facts] of rows) {
      const seen = sums.get(id);
      if (seen === undefined) continue;
      if (key?.source !== source || key.destination !== destination || key.service !== service) {
        if (key !== undefined) yield { key, halves };
        key = { source, destination, service };
        halves = [];
      }
      halves.push(halfOf(reader, { id, facts, seen }));
    }
    if (key !== undefined) yield { key, halves };
  }
}

/** Where a row has how many records it stands for. */
const COUNT = 6;

function addTo(sums: Map<number, Sums>, begin: number, row: readonly number[]): void {
  const [flow = 0, first = 0, last = 0, connections = 0, packets = 0, bytes = 0, , days = 0, loud = 0] = row;
  const more: Sums = { start: begin + first, end: begin + last, connections, packets, bytes, days, loud };
  const known = sums.get(flow);
  if (known === undefined) {
    sums.set(flow, more);
    return;
  }
  // Spans come in the order of time: a day that was counted before can only be the last one.
  known.days += dayOf(known.end) >= dayOf(more.start) ? Math.max(0, days - 1) : days;
  known.start = Math.min(known.start, more.start);
  known.end = Math.max(known.end, more.end);
  for (const key of ["connections", "packets", "bytes", "loud"] as const) known[key] += more[key];
}

function halfOf(
  { names }: FlowReader,
  { id, facts, seen }: { readonly id: number; readonly facts: readonly number[]; readonly seen: Sums },
): Half {
  const [direction = 0, verdict = 0, source = 0, destination = 0, rule = 0] = facts;
  const { start, end, connections, packets, bytes } = seen;
  return {
    ...{ id, start, end, connections, packets, bytes, ended: 0, lasted: 0 },
    direction: DIRECTIONS[direction] ?? "ingress",
    verdict: VERDICTS[verdict] ?? "deny",
    source: names.party(source),
    destination: names.party(destination),
    rule: names.rule(rule),
  };
}
