/** Cuts the spans of a store into slices of time, so that a search for the newest reads no more than it shows. */

import type { Span } from "./tally-table.ts";

/** Both included, milliseconds since 1970-01-01T00:00Z. */
export interface Time {
  readonly since: number;
  readonly until: number;
}

/** Nothing in a later slice was seen after anything in an earlier one. */
export interface Slice extends Time {
  readonly spans: readonly Span[];
  /** Whether it is a few buckets of its spans, which an index finds; else they are read through. */
  readonly isFew: boolean;
}

/** Buckets of the slices that a search begins with; what is left of the spans is one. */
const BUCKETS = [1, 2, 4, 8, 16];

/** The latest first; together they are all of the time. What is in two slices, as it goes on over their border, is looked at with the later one. */
export function* slicesOf(latestFirst: readonly Span[], time: Time): IterableIterator<Slice> {
  for (const slice of wholeSlices(latestFirst, time)) {
    const { since } = slice;
    let { spans, until } = slice;
    const width = spans.reduce((least, span) => Math.min(least, span.width), Number.POSITIVE_INFINITY);
    for (const buckets of BUCKETS) {
      const from = until - (until % width) - (buckets - 1) * width;
      if (from <= since) break;
      yield { spans: spans.filter(({ finish }) => finish > from), since: from, until, isFew: true };
      until = from - 1;
      spans = spans.filter(({ begin }) => begin < from);
    }
    yield { spans, since, until, isFew: false };
  }
}

/** The same, as few of them as can be. */
export function* wholeSlices(latestFirst: readonly Span[], time: Time): IterableIterator<Slice> {
  for (const spans of apart(latestFirst)) {
    const begin = spans.reduce((first, span) => Math.min(first, span.begin), Number.POSITIVE_INFINITY);
    const finish = spans.reduce((last, span) => Math.max(last, span.finish), 0);
    const since = Math.max(time.since, begin);
    yield { spans, since, until: Math.min(time.until, finish - 1), isFew: false };
  }
}

/** Spans that overlap, as those of two levels do where late records came, are looked at together; so what comes after them was seen before them. */
function apart(latestFirst: readonly Span[]): Span[][] {
  const groups: Span[][] = [];
  let begin = Number.POSITIVE_INFINITY;
  for (const span of latestFirst) {
    if (span.finish > begin) groups.at(-1)?.push(span);
    else groups.push([span]);
    begin = Math.min(begin, span.begin);
  }
  return groups;
}
