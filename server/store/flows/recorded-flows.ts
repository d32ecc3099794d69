/** All that was recorded in some time, each flow once: for whoever has to judge everything, and can wait for it. */

import { type Database, openReadOnly } from "../database.ts";
import { addressText } from "./address-key.ts";
import { FlowSums } from "./flow-sums.ts";
import { habitsOf, quietHours } from "./habits.ts";
import { connectionsOf, type Facts, groupOf, Joining } from "./half-rows.ts";
import type { JoinedFlow } from "./joined-flow.ts";
import { LossTable, type StoredLoss } from "./loss-table.ts";
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
  within: string,
) => `SELECT flow, min(bucket * @width + start), max(bucket * @width + finish),
  total(connections), total(packets), total(bytes), count(*)${habits}
  FROM ${TALLY_BY_FLOW} WHERE span = @id${within} GROUP BY flow`;

/** The time of a bucket costs three times what adding it up does, so it is asked for only where a span is cut. */
const within = (
  bound: "start" | "finish",
) => ` AND bucket BETWEEN (@since - @begin) / @width AND (@until - @begin) / @width
  AND @begin + bucket * @width + finish >= @since AND @begin + bucket * @width + ${bound} <= @until`;

/** In the order of the index, so that the words of both ends of a flow come one after the other. */
const FACTS = `SELECT id, source, destination, service, direction, verdict, source_party, destination_party, rule
  FROM flow INDEXED BY flow_facts ORDER BY source, destination, service`;

/** A flow, and when it is usually seen. */
export interface HabitualFlow {
  readonly flow: JoinedFlow;
  readonly habit: { readonly days: number; readonly onlyQuietHours: boolean };
}

/** What was recorded between two addresses by a service, before it is put together: judging what is alike once, one need not look at most of it. */
export interface RawFlow {
  /** Equal for those of which everything is equal but counts, times and addresses of one class; undefined where that is more than one flow. */
  readonly group: string | undefined;
  readonly connections: number;
  joined(): readonly JoinedFlow[];
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
    const joining = new Joining(this.#database, sums);
    for (const rows of this.#rows(sums)) for (const { flow } of joining.of(rows)) yield flow;
  }

  /** The same, each to be put together by whoever needs it. `classOf` gives a number to each address. */
  *raw(
    time: RecordedTime,
    classOf: (address: string) => number,
    progress: (reading: Reading) => void,
  ): IterableIterator<RawFlow> {
    const sums = this.#sums(time, progress, () => "");
    const joining = new Joining(this.#database, sums);
    const classes = this.#classes(classOf);
    for (const rows of this.#rows(sums))
      yield {
        group: groupOf(rows, (address) => classes[address] ?? -1),
        connections: connectionsOf(rows, sums),
        joined: () => joining.of(rows).map(({ flow }) => flow),
      };
  }

  /** The same as `all`, with the days and hours at which each was seen. */
  *habitual(time: RecordedTime, progress: (reading: Reading) => void): IterableIterator<HabitualFlow> {
    const hours = quietHours(this.#database, this.#spans(time), time);
    const sums = this.#sums(time, progress, (span) => habitsOf(span, hours));
    const joining = new Joining(this.#database, sums);
    for (const rows of this.#rows(sums))
      for (const { flow, halves } of joining.of(rows)) {
        const seen = halves.map(({ id }) => sums.of(id));
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

  /** By the numbers of addresses: all at once, as reading them one by one takes twice the time. */
  #classes(classOf: (address: string) => number): readonly number[] {
    const classes: number[] = [];
    const rows = this.#database.prepare("SELECT id, number FROM address").raw().iterate();
    for (const [id, number] of rows as IterableIterator<[number, Buffer]>)
      classes[id] = classOf(addressText(number));
    return classes;
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
  ): FlowSums {
    const spans = this.#spans(time);
    const bound = counts === "ends" ? "finish" : "start";
    const flows = this.#database.prepare("SELECT coalesce(max(id), 0) FROM flow").pluck().get() as number;
    const sums = new FlowSums(flows);
    let records = 0;
    for (const [at, span] of spans.entries()) {
      const { id, begin, width, finish } = span;
      const isWhole = counts !== "ends" && time.since <= begin && finish <= time.until;
      const rows = this.#database.prepare(ofSpan(habits(span), isWhole ? "" : within(bound))).raw();
      const asked = { id, begin, width, ...time };
      for (const row of rows.iterate(asked) as IterableIterator<number[]>) {
        records += row[COUNT] ?? 0;
        sums.add(begin, row);
      }
      progress({ spans: at + 1, ofSpans: spans.length, records });
    }
    return sums;
  }

  /** Those of one key together. */
  *#rows(sums: FlowSums): IterableIterator<readonly Facts[]> {
    let rows: Facts[] = [];
    const all = this.#database.prepare(FACTS).raw().iterate() as IterableIterator<Facts>;
    for (const facts of all) {
      if (!sums.has(facts[0])) continue;
      if (rows[0] !== undefined && !isSameKey(rows[0], facts)) {
        yield rows;
        rows = [];
      }
      rows.push(facts);
    }
    if (rows.length > 0) yield rows;
  }
}

/** Where a row has how many records it stands for. */
const COUNT = 6;

function isSameKey(a: Facts, b: Facts): boolean {
  return a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}
