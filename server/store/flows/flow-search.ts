/** Finds flows, newest first: from the latest span back, no further than the page that is asked for. */

import type { Database } from "../database.ts";
import { chooseCandidates } from "./candidates.ts";
import { type Cursor, cursorText, readCursor } from "./cursor.ts";
import { flowFilter } from "./filter.ts";
import { FlowReader, type Key, type Time, type Visit } from "./flow-reader.ts";
import { SERVICE_ROOM } from "./identities.ts";
import type { FlowPage, FlowSearch, JoinedFlow } from "./joined-flow.ts";
import { joinedFlow } from "./joining.ts";
import { type Pair, paired } from "./pairing.ts";
import type { Span } from "./tally-table.ts";

interface Ranked {
  readonly flow: JoinedFlow;
  /** Tells apart those that end in the same moment. */
  readonly rank: string;
}

/** Throws `server/invalid-request` for a service or a cursor that is none. */
export function findFlows(
  database: Database,
  search: FlowSearch,
  isManaged: (address: string) => boolean,
): FlowPage {
  const isWanted = flowFilter(search);
  const cursor = search.cursor === undefined ? undefined : readCursor(search.cursor);
  const time = { since: search.since, until: cursor?.until ?? search.until ?? Number.MAX_SAFE_INTEGER };
  const reader = new FlowReader(database, chooseCandidates(database, search) ? "candidates" : "all");
  const found: Ranked[] = [];
  for (const visit of visits(reader, time, { perBucket: search.perBucket === true, cursor })) {
    // What comes now was not seen after this moment; one more than is asked for says that there are more.
    if (found.length > search.limit && countAfter(found, visit.end) > search.limit) break;
    for (const pair of paired(reader.halvesOf(visit, time))) {
      const flow = joinedFlow(keyTexts(reader, visit), pair, isManaged);
      const ranked = { flow, rank: rankOf(visit, pair) };
      if (isWanted(flow) && (cursor === undefined || compare(cursor, endOf(ranked)) < 0)) found.push(ranked);
    }
  }
  return page(found, search.limit, time.until);
}

/** Every key once: those first that were seen last. */
function* visits(
  reader: FlowReader,
  time: Time,
  { perBucket, cursor }: { readonly perBucket: boolean; readonly cursor: Cursor | undefined },
): IterableIterator<Visit> {
  const seen = new Set<string>();
  const until = Math.min(time.until, cursor?.end ?? time.until);
  for (const spans of apart(reader.spans({ since: time.since, until })))
    for (const visit of reader.visits(spans, { since: time.since, until }, perBucket)) {
      const key = keyOf(visit);
      if (seen.has(key)) continue;
      seen.add(key);
      yield visit;
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

function page(found: Ranked[], limit: number, until: number): FlowPage {
  const sorted = found.sort((a, b) => compare(endOf(a), endOf(b)));
  const shown = sorted.slice(0, limit);
  const last = shown.at(-1);
  const next =
    last === undefined || sorted.length <= limit ? undefined : cursorText({ until, ...endOf(last) });
  return { flows: shown.map(({ flow }) => flow), next };
}

type Place = Pick<Cursor, "end" | "rank">;

function endOf({ flow, rank }: Ranked): Place {
  return { end: flow.end, rank };
}

/** Negative where `a` is to be shown before `b`. */
function compare(a: Place, b: Place): number {
  return b.end - a.end || (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0);
}

function countAfter(found: readonly Ranked[], moment: number): number {
  return found.reduce((count, { flow }) => count + (flow.end > moment ? 1 : 0), 0);
}

function keyOf({ source, destination, service, bucket, width }: Key): string {
  return `${source} ${destination} ${service} ${bucket ?? ""} ${width ?? ""}`;
}

function rankOf(key: Key, { egress, ingress }: Pair): string {
  return `${keyOf(key)} ${egress?.id ?? ""} ${ingress?.id ?? ""}`;
}

export function keyTexts({ names }: FlowReader, { source, destination, service }: Key) {
  return {
    source: names.address(source),
    destination: names.address(destination),
    protocol: Math.floor(service / SERVICE_ROOM),
    service: service % SERVICE_ROOM,
  };
}
