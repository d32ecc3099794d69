/** Makes old records coarser and removes what is too old or too much, a little at a time. */

import type { Database } from "../database.ts";
import type { Identities } from "./identities.ts";
import type { LossTable } from "./loss-table.ts";
import { dropOrphans } from "./orphans.ts";
import { isDue, type Retention, stretchOf } from "./retention.ts";
import type { Span, Tally, TallyTable } from "./tally-table.ts";

/** Rows that one piece reads: it takes some ten milliseconds. */
const ROWS_PER_PIECE = 500;
/** Fewer where each flow has to be looked for in every other span. */
const DROPPED_PER_PIECE = 400;

const ROWS = `SELECT flow, bucket, start, finish, connections, packets, bytes, ended, lasted FROM tally WHERE span = ? ORDER BY flow, bucket LIMIT ?`;

type Row = Omit<Tally, "end"> & { readonly bucket: number; readonly finish: number };

export interface CompactionParts {
  readonly database: Database;
  readonly identities: Identities;
  readonly tallies: TallyTable;
  readonly losses: LossTable;
  readonly retention: Retention;
  /** Told when the buckets began of records that are removed. */
  readonly dropped: (moments: readonly number[]) => void;
}

/** One piece, in a transaction of the caller's; returns whether there may be more to do. */
export function compactPiece(parts: CompactionParts, now: number): boolean {
  const { database, tallies, losses, retention } = parts;
  const spans = tallies.spans();
  const due = spans.find((span) => isDue(span, now, retention.levels));
  if (due !== undefined) {
    const coarser = retention.levels.filter(({ width }) => width > due.width);
    if (stretchOf(due.begin, now, coarser) === undefined) drop(parts, due, { counted: false });
    else rollUp(parts, due, now);
    return true;
  }
  if (losses.dropBefore(now - longest(retention), ROWS_PER_PIECE) > 0) return true;
  if (usedBytes(database) <= retention.bytes) return false;
  const [oldest] = spans;
  if (oldest !== undefined) drop(parts, oldest, { counted: true });
  // The losses that this made are of now, and stay.
  else return losses.dropBefore(now, ROWS_PER_PIECE) > 0;
  return true;
}

/** Bytes of pages that hold something; a page that was freed is used again. */
export function usedBytes(database: Database): number {
  const pages = database.pragma("page_count", { simple: true }) as number;
  const free = database.pragma("freelist_count", { simple: true }) as number;
  return (pages - free) * (database.pragma("page_size", { simple: true }) as number);
}

function longest({ levels }: Retention): number {
  return levels.reduce((longest, { keep }) => Math.max(longest, keep), 0);
}

/** Whole flows: none is in both spans with the same buckets. */
function rollUp({ database, tallies, retention }: CompactionParts, span: Span, now: number): void {
  const read = database.prepare(ROWS).all(span.id, ROWS_PER_PIECE) as Row[];
  const last = read.at(-1)?.flow ?? 0;
  const rows = read.length < ROWS_PER_PIECE ? read : read.filter(({ flow }) => flow < last);
  const coarser = retention.levels.filter(({ width }) => width > span.width);
  for (const row of rows) {
    const tally = tallyOf(span, row);
    const stretch = stretchOf(tally.start, now, coarser);
    if (stretch !== undefined) tallies.add(stretch, tally);
  }
  tallies.settle();
  const upTo = rows.at(-1)?.flow ?? last;
  const { changes } = database.prepare("DELETE FROM tally WHERE span = ? AND flow <= ?").run(span.id, upTo);
  tallies.shrink(span, changes);
}

function tallyOf({ begin, width }: Span, { bucket, start, finish, ...row }: Row): Tally {
  const base = begin + bucket * width;
  return { ...row, start: base + start, end: base + finish };
}

function drop(parts: CompactionParts, span: Span, { counted }: { readonly counted: boolean }): void {
  const { database, tallies, identities, losses, dropped } = parts;
  const rows = database.prepare(ROWS).all(span.id, DROPPED_PER_PIECE) as Row[];
  dropped(rows.map(({ bucket }) => span.begin + bucket * span.width));
  const flows = [...new Set(rows.map(({ flow }) => flow))];
  if (counted)
    for (const [host, gone] of Map.groupBy(rows, ({ flow }) => reporterOf(database, flow)))
      losses.add(host, [{ what: "store-full", ...timeOf(span, gone), count: gone.length }]);
  const remove = database.prepare("DELETE FROM tally WHERE span = ? AND flow = ? AND bucket = ?");
  for (const { flow, bucket } of rows) remove.run(span.id, flow, bucket);
  tallies.shrink(span, rows.length);
  dropOrphans(database, flows);
  identities.forget();
}

function timeOf(span: Span, rows: readonly Row[]): { readonly start: number; readonly end: number } {
  const tallies = rows.map((row) => tallyOf(span, row));
  return {
    start: tallies.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY),
    end: tallies.reduce((last, { end }) => Math.max(last, end), 0),
  };
}

function reporterOf(database: Database, flow: number): string {
  const found = database
    .prepare(
      `SELECT party.host FROM flow JOIN party ON party.id = iif(flow.direction = 1, flow.source_party, flow.destination_party)
       WHERE flow.id = ?`,
    )
    .pluck()
    .get(flow);
  return (found as string | null | undefined) ?? "";
}
