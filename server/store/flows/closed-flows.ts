/**
 * Flows in the order in which they are exported: minute by minute, each minute once it is closed, and after that whatever a host reported late about a minute that was.
 * A place in this order is a few numbers, and stays good whatever is added, made coarser or removed meanwhile.
 */

import type { Database } from "../database.ts";
import { FlowReader, type Key } from "./flow-reader.ts";
import { keyTexts } from "./flow-search.ts";
import type { JoinedFlow } from "./joined-flow.ts";
import { joinedFlow } from "./joining.ts";
import type { LateRow, LateTable } from "./late-table.ts";
import { paired } from "./pairing.ts";
import type { Stretch } from "./retention.ts";

const MINUTE = 60_000;
/** Agents tell of a bucket within seven seconds of its end; one that has just come back, or whose clock is off a little, has the rest of a minute. */
const GRACE = MINUTE;
/** A clock that was set back by more than this was wrong before: nothing waits until it is there again. */
const CLOCK_MOST = 3_600_000;
/** Minutes without a flow that one page passes by, and late flows that it looks at. */
const MOST_PASSED = 1_000;

/** Milliseconds since 1970-01-01T00:00Z. */
export interface FlowPlace {
  /** Everything before was told. */
  readonly moment: number;
  /** Of the window that was told last, or is being told: a minute, or as wide as the buckets were that were there. */
  readonly width: number;
  /** Of the window that begins at the moment, the flows up to this number were told; 0 where it was not begun. */
  readonly after: number;
  /** Likewise of what was late. */
  readonly late: number;
}

export interface ClosedFlow {
  /** What it counts is of this time alone. */
  readonly begin: number;
  readonly width: number;
  /** Tells apart the flows of one source, destination and service in that time. The same ones with the same number are the same flow, told again as more is known of it. */
  readonly ordinal: number;
  /** Whether a host told of it after the time was closed. */
  readonly isLate: boolean;
  readonly flow: JoinedFlow;
}

export interface ClosedPage {
  readonly flows: readonly ClosedFlow[];
  /** To go on from there. */
  readonly place: FlowPlace;
  /** Whether there is nothing more as yet. */
  readonly isEnd: boolean;
}

/** The moment before which minutes are closed. A record of before that is late. */
export function closedBefore(now: number): number {
  return Math.floor((now - GRACE) / MINUTE) * MINUTE;
}

/** The place at which only what comes from now on is told; or what came from another moment on. */
export function placeAt(moment: number, late: number): FlowPlace {
  return { moment: Math.floor(moment / MINUTE) * MINUTE, width: MINUTE, after: 0, late };
}

export interface ClosedFlowsParts {
  readonly database: Database;
  readonly late: LateTable;
  readonly isManaged: (address: string) => boolean;
}

export class ClosedFlows {
  readonly #parts: ClosedFlowsParts;
  readonly #covering;
  readonly #isThere;
  readonly #overlapping;
  readonly #next;
  readonly #ofBucket;
  readonly #key;

  constructor(parts: ClosedFlowsParts) {
    const { database } = parts;
    this.#parts = parts;
    this.#covering = database.prepare(
      `SELECT id, begin, finish, width FROM span WHERE begin <= @moment AND finish > @moment AND width > ${MINUTE} ORDER BY width DESC`,
    );
    this.#isThere = database.prepare(
      "SELECT 1 FROM tally INDEXED BY tally_bucket WHERE span = ? AND bucket = ?",
    );
    this.#overlapping = database.prepare(
      "SELECT id, begin, finish, width FROM span WHERE begin < @finish AND finish > @begin ORDER BY begin, width",
    );
    this.#next = database.prepare("SELECT min(begin) FROM span WHERE finish > ?").pluck();
    this.#ofBucket = database
      .prepare(
        "SELECT flow FROM tally INDEXED BY tally_bucket WHERE span = ? AND bucket = ? AND flow > ? ORDER BY flow LIMIT ?",
      )
      .pluck();
    this.#key = database.prepare("SELECT source, destination, service FROM flow WHERE id = ?");
  }

  /** What comes after the place, of about so many sources, destinations and services at most. */
  page(place: FlowPlace, now: number, most: number): ClosedPage {
    const closed = closedBefore(now);
    const from = place.moment > closed + CLOCK_MOST ? placeAt(closed, place.late) : place;
    const page = this.#windows(from, closed, most);
    return page.isEnd ? this.#late(page, most) : page;
  }

  #windows(from: FlowPlace, closed: number, most: number): ClosedPage {
    let place = from;
    for (let passed = 0; passed < MOST_PASSED; passed++) {
      const window = this.#windowFrom(place);
      if (window.finish > closed) {
        const next = this.#nextMoment(place, closed);
        return { flows: [], place: { ...place, moment: next }, isEnd: true };
      }
      // What was told of a minute was not told of the ten that it has become a part of.
      const isBegun = window.begin === place.moment && window.width === place.width;
      const after = isBegun ? place.after : 0;
      const ids = this.#idsOf(window, after, most);
      const { late } = place;
      const last = ids.at(-1);
      place =
        last === undefined || ids.length < most
          ? {
              moment: this.#nextMoment({ ...place, moment: window.finish }, closed),
              width: window.width,
              after: 0,
              late,
            }
          : { moment: window.begin, width: window.width, after: last, late };
      const flows = this.#joined(window, ids);
      if (flows.length > 0) return { flows, place, isEnd: false };
    }
    return { flows: [], place, isEnd: false };
  }

  /** Where nothing lies at the moment, the next minute at which something may; never one that is not closed. */
  #nextMoment({ moment, after }: FlowPlace, closed: number): number {
    if (after > 0) return moment;
    const next = (this.#next.get(moment) as number | null) ?? closed;
    return Math.max(moment, Math.min(Math.floor(next / MINUTE) * MINUTE, closed));
  }

  /** Buckets that were made coarser are told as a whole, from their beginning: some of that may have been told before, in finer ones. */
  #windowFrom({ moment, width: before }: FlowPlace): Stretch {
    const width = this.#widthAt(moment);
    const begin = width > before ? moment - (moment % width) : moment;
    return { begin, finish: begin + width - (begin % width), width };
  }

  /** A minute, unless what was seen then lies in a wider bucket. */
  #widthAt(moment: number): number {
    const spans = this.#covering.all({ moment }) as (Stretch & { readonly id: number })[];
    const wide = spans.find(
      ({ id, begin, width }) => this.#isThere.get(id, Math.floor((moment - begin) / width)) !== undefined,
    );
    return wide?.width ?? MINUTE;
  }

  /** The next numbers of flows that were seen in the window, in their order: each bucket has its own in this order already. */
  #idsOf({ begin, finish }: Stretch, after: number, most: number): readonly number[] {
    const ids = new Set<number>();
    for (const span of this.#overlapping.all({ begin, finish }) as (Stretch & { readonly id: number })[]) {
      const first = Math.max(0, Math.ceil((begin - span.begin) / span.width));
      const last = Math.ceil((Math.min(finish, span.finish) - span.begin) / span.width) - 1;
      for (let bucket = first; bucket <= last; bucket++)
        for (const id of this.#ofBucket.all(span.id, bucket, after, most)) ids.add(id as number);
    }
    return [...ids].sort((a, b) => a - b).slice(0, most);
  }

  /** Each source, destination and service with the first of its flows, so once. */
  #joined(window: Stretch, ids: readonly number[]): readonly ClosedFlow[] {
    if (ids.length === 0) return [];
    const reader = new FlowReader(this.#parts.database);
    return ids.flatMap((id) => this.#flowsOf(reader, window, { key: this.#key.get(id) as Key, first: id }));
  }

  #flowsOf(
    reader: FlowReader,
    { begin, finish }: Stretch,
    { key, first }: { readonly key: Key; readonly first?: number },
  ): readonly ClosedFlow[] {
    const halves = reader.halvesOf(key, { since: begin, until: finish - 1 });
    if (first !== undefined && halves.some(({ id }) => id < first)) return [];
    return paired(halves).map((pair, ordinal) => ({
      ...{ begin, width: finish - begin, ordinal, isLate: first === undefined },
      flow: joinedFlow(keyTexts(reader, key), pair, this.#parts.isManaged),
    }));
  }

  /** What was late, but for what is still to come with its time. */
  #late({ place }: ClosedPage, most: number): ClosedPage {
    // Numbers begin anew in a file that is new.
    let late = this.#parts.late.last < place.late ? 0 : place.late;
    const rows = this.#parts.late.after(late, MOST_PASSED);
    const reader = new FlowReader(this.#parts.database);
    const told = new Set<string>();
    const flows: ClosedFlow[] = [];
    for (const row of rows) {
      if (told.size >= most) return { flows, place: { ...place, late }, isEnd: false };
      flows.push(...this.#ofLate(reader, row, place, told));
      late = row.id;
    }
    return { flows, place: { ...place, late }, isEnd: rows.length < MOST_PASSED };
  }

  #ofLate(
    reader: FlowReader,
    { moment, flow }: LateRow,
    place: FlowPlace,
    told: Set<string>,
  ): readonly ClosedFlow[] {
    const key = this.#key.get(flow) as Key | undefined;
    if (key === undefined) return [];
    const width = this.#widthAt(moment);
    const begin = moment - (moment % width);
    if (begin > place.moment || (begin === place.moment && place.after === 0)) return [];
    const name = `${begin} ${key.source} ${key.destination} ${key.service}`;
    if (told.has(name)) return [];
    told.add(name);
    return this.#flowsOf(reader, { begin, finish: begin + width, width }, { key });
  }
}
