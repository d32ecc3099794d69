/** Finds flows, newest first: from the latest span back, no further than the page that is asked for. */

import type { Database } from "../database.ts";
import { areCandidates, candidateCondition, chooseCandidates } from "./candidates.ts";
import { type Cursor, cursorText, readCursor } from "./cursor.ts";
import { flowFilter } from "./filter.ts";
import { FlowReader, type Key, type Visit } from "./flow-reader.ts";
import { SERVICE_ROOM } from "./identities.ts";
import type { FlowPage, FlowSearch, JoinedFlow } from "./joined-flow.ts";
import { joinedFlow } from "./joining.ts";
import { type Pair, paired } from "./pairing.ts";
import type { Time } from "./slices.ts";
import { slicesOf, wholeSlices } from "./slices.ts";

/** A search looks at the newest flows first where a page is likely to be full after so many of them, and gives that up after four times as many. */
const EXPECTED_LOOKS = 10_000;
const MOST_LOOKS = 4 * EXPECTED_LOOKS;

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
  const reader = new FlowReader(database);
  const found: Ranked[] = [];
  for (const visit of visits(database, reader, { search, time, cursor })) {
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

interface Visited {
  readonly search: FlowSearch;
  readonly time: Time;
  readonly cursor: Cursor | undefined;
}

/** Every key once, of those that the search may want: those first that were seen last. */
function* visits(
  database: Database,
  reader: FlowReader,
  { search, time, cursor }: Visited,
): IterableIterator<Visit> {
  const until = Math.min(time.until, cursor?.end ?? time.until);
  const asked = { database, reader, search, time: { since: time.since, until } };
  const seen = new Set<string>();
  for (const visit of areMostWanted(asked) ? newestFirst(asked) : ofCandidates(asked)) {
    const before = seen.size;
    if (seen.add(keyOf(visit)).size > before) yield visit;
  }
}

interface Asked {
  readonly database: Database;
  readonly reader: FlowReader;
  readonly search: FlowSearch;
  readonly time: Time;
}

/** Whether a page is likely to be full sooner than it is known which flows may be wanted. */
function areMostWanted({ database, search }: Asked): boolean {
  const flows = database.prepare("SELECT max(id) FROM flow").pluck().get() as number | null;
  return areCandidates(database, search, Math.ceil((search.limit * (flows ?? 0)) / EXPECTED_LOOKS));
}

/** Looks at what was seen last, whatever it is, and gives that up for the candidates where little of it is wanted. */
function* newestFirst(asked: Asked): IterableIterator<Visit> {
  const { reader, search, time } = asked;
  const perBucket = search.perBucket === true;
  const wanted = candidateCondition(search);
  let looks = 0;
  for (const slice of slicesOf(reader.spans(time), time)) {
    if (wanted === undefined) yield* reader.visits(slice, "all", perBucket);
    else if (slice.isFew && looks < MOST_LOOKS)
      for (const visit of reader.wantedVisits(slice, wanted, perBucket)) {
        looks++;
        if (visit !== undefined) yield visit;
      }
    else return yield* ofCandidates({ ...asked, time: { ...time, until: slice.until } });
  }
}

function* ofCandidates({ database, reader, search, time }: Asked): IterableIterator<Visit> {
  const from = chooseCandidates(database, search) ? "candidates" : "all";
  for (const slice of wholeSlices(reader.spans(time), time))
    yield* reader.visits(slice, from, search.perBucket === true);
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
