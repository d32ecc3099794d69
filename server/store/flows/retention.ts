/** How long records are kept, and how exactly: the older, the coarser. */

import { BUCKET_MILLISECONDS } from "@bulkhead/shared/flow/record.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** All in milliseconds. */
export interface Level {
  /** Of a bucket; a multiple of the width of the level before it. */
  readonly width: number;
  /** Up to which age records have this width. A span goes to the next level as a whole, when all of it is older. */
  readonly keep: number;
}

export interface Retention {
  /** The finest first; the first is as wide as agents' buckets. */
  readonly levels: readonly Level[];
  /** What the store may hold: beyond, the oldest span goes, and no more of it than has to. */
  readonly bytes: number;
}

export const DEFAULT_RETENTION: Retention = {
  levels: [
    { width: BUCKET_MILLISECONDS, keep: DAY },
    { width: 600_000, keep: 14 * DAY },
    { width: HOUR, keep: 90 * DAY },
  ],
  bytes: 10 * 1024 ** 3,
};

/** 24 minutes of agents' buckets, a day of ten minutes, six days of hours: a few dozen spans for each level. */
const BUCKETS_PER_SPAN = 144;

/** A stretch of time and the width of its buckets. Milliseconds since 1970-01-01T00:00Z; `finish` is the first that is no longer in it. */
export interface Stretch {
  readonly begin: number;
  readonly finish: number;
  readonly width: number;
}

/** Where a record of this moment belongs now: the finest stretch that is still kept; undefined where it is too old for all of them. */
export function stretchOf(moment: number, now: number, levels: readonly Level[]): Stretch | undefined {
  for (const { width, keep } of levels) {
    const length = width * BUCKETS_PER_SPAN;
    const begin = Math.floor(moment / length) * length;
    const finish = begin + length;
    if (finish + keep > now) return { begin, finish, width };
  }
  return undefined;
}

/** Whether it is to go to a coarser level, or away. One of a width that the settings no longer know is, at once. */
export function isDue({ width, finish }: Stretch, now: number, levels: readonly Level[]): boolean {
  const level = levels.find((one) => one.width === width);
  return level === undefined || finish + level.keep <= now;
}
