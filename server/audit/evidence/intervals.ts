/** Stretches of time. `to` is the moment at which it is over. */

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What both have; undefined for nothing. */
export function overlap(a: Interval, b: Interval): Interval | undefined {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from < to ? { from, to } : undefined;
}

/** In order, those that touch as one. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

export function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Each part of these that lies in any of those. */
export function within(these: readonly Interval[], those: readonly Interval[]): Interval[] {
  return merged(these.flatMap((one) => those.flatMap((other) => overlap(one, other) ?? [])));
}
