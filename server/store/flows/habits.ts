/** On which days and at which hours something was seen. Days and hours are those of UTC. */

import type { Database } from "../database.ts";
import { TALLY_BY_BUCKET } from "./schema.ts";
import type { Span } from "./tally-table.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Of fewer days nobody can say which hours are quiet. */
const LEAST_DAYS = 3;
/** An hour is quiet that has less than this share of what hours have on average. */
const QUIET = 0.25;

export function dayOf(moment: number): number {
  return Math.floor(moment / DAY);
}

/** Moments are bound as floating-point numbers, as all that are beyond 32 bits. */
const HOUR_OF_DAY = `CAST((@begin + bucket * @width) / ${HOUR} AS INTEGER) % 24`;
const DAY_OF_BUCKET = `CAST((@begin + bucket * @width) / ${DAY} AS INTEGER)`;

const PER_HOUR = `SELECT ${HOUR_OF_DAY} AS hour, count(*) FROM ${TALLY_BY_BUCKET}
  WHERE span = @id AND bucket BETWEEN (@since - @begin) / @width AND (@until - @begin) / @width GROUP BY hour`;

/** The hours in which the whole estate has far fewer records than usual, a bit for each; 0 where too little is known. */
export function quietHours(
  database: Database,
  spans: readonly Span[],
  time: { readonly since: number; readonly until: number },
): number {
  const first = spans.reduce((least, { begin }) => Math.min(least, begin), time.until);
  const last = spans.reduce((most, { finish }) => Math.max(most, finish), 0);
  if (Math.min(last, time.until) - Math.max(first, time.since) < LEAST_DAYS * DAY) return 0;
  const records = new Array<number>(24).fill(0);
  const read = database.prepare(PER_HOUR).raw();
  for (const { id, begin, width } of spans)
    for (const [hour = 0, count = 0] of read.all({ id, begin, width, ...time }) as number[][])
      records[hour] = (records[hour] ?? 0) + count;
  const average = records.reduce((sum, count) => sum + count, 0) / 24;
  return records.reduce((bits, count, hour) => (count < average * QUIET ? bits | (1 << hour) : bits), 0);
}

/** What is asked of a flow's rows in a span: on how many days it was seen, and how many of its records are not of quiet hours. */
export function habitsOf({ begin, finish }: Pick<Span, "begin" | "finish">, quiet: number): string {
  // Spans of a day or less lie in one day.
  const days = finish - begin <= DAY ? "1" : `count(DISTINCT ${DAY_OF_BUCKET})`;
  return `, ${days}, sum(${quiet} >> (${HOUR_OF_DAY}) & 1 = 0)`;
}
