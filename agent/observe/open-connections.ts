/** Connections from their beginning to their end, and what they carry meanwhile. */

import type { Aggregation } from "@bulkhead/shared/flow/aggregation.ts";
import type { FlowIdentity } from "@bulkhead/shared/flow/identity.ts";
import type { ConnectionEvent } from "../kernel/events.ts";
import type { Tuple } from "../kernel/kernel.ts";
import type { Identities, OwnedFlow } from "./identities.ts";
import type { Attribution } from "./owners.ts";

/** The wall clock for records, the monotonic one for durations; milliseconds. */
export interface Moment {
  readonly now: number;
  readonly steady: number;
}

/** A connection of this host, and whose it is. */
export interface LocatedFlow {
  readonly flow: OwnedFlow;
  readonly attribution: Attribution;
}

/** Says where a connection lies; undefined for one that is not this host's. */
export type Locate = (event: ConnectionEvent) => LocatedFlow | undefined;

export class OpenConnections {
  readonly #aggregation: Aggregation;
  readonly #locate: Locate;
  readonly #open = new Map<string, Open>();
  #identities: Identities;
  #gone: (readonly [string, Open])[] = [];
  /** Begun, and not counted yet, since more will be known of them soon. */
  #owed: Open[] = [];
  /** Until everything was read that was told before the first listing: its connections did not begin under our eyes. */
  #isBeginning = true;

  constructor(aggregation: Aggregation, locate: Locate, identities: Identities) {
    this.#aggregation = aggregation;
    this.#locate = locate;
    this.#identities = identities;
  }

  get size(): number {
    return this.#open.size;
  }

  /** From now on connections are judged by this; open ones when they are next reported. */
  judgeBy(identities: Identities): void {
    this.#identities = identities;
  }

  tell(event: ConnectionEvent, at: Moment): void {
    const key = keyOf(event.flow);
    const open = this.#open.get(key);
    if (event.kind === "end") this.#end(event, at, { key, open });
    else if (open === undefined) this.#count(this.#begin(event, at, key), at.now);
    else this.#beginAgain(event, at, { key, open });
  }

  /**
   * Everything that is open now, by the kernel. @param missed whether events were lost since the last listing: then what is unknown has begun, and
   * what is not there has ended, unseen. Without that, unknown is what began before we looked.
   */
  list(connections: readonly ConnectionEvent[], at: Moment, missed: "events" | "nothing"): void {
    const seen = new Set<string>();
    for (const event of connections) {
      const key = keyOf(event.flow);
      seen.add(key);
      const open = this.#open.get(key);
      if (open === undefined) this.#findUnknown(event, at, { key, missed });
      else this.#refresh(open, event, at.now);
    }
    // Since Linux 5.19 an entry that was made while nobody listened ends without a word (nf_conntrack_events).
    this.#gone = [...this.#open].filter(
      ([key, open]) => !seen.has(key) && (missed === "events" || open.isBefore),
    );
  }

  /** All that the kernel had told until a moment ago has been read. */
  settle(at: Moment): void {
    this.#isBeginning = false;
    if (this.#gone.length === 0) return;
    for (const [key, open] of this.#gone) {
      // Its end may have been told after all, and another one may have its ends by now.
      if (this.#open.get(key) !== open) continue;
      this.#open.delete(key);
      this.#aggregation.ended(open.identity, at.now, {
        packets: 0,
        bytes: 0,
        lasted: Math.round(at.steady - open.began),
      });
    }
    this.#gone = [];
  }

  /** Counts those of which more was to be known by now. To be called before what was counted is handed over. */
  countOwed(now: number): void {
    const owed = this.#owed;
    this.#owed = [];
    for (const open of owed) this.#countNow(open, now);
  }

  #count(open: Open | undefined, now: number): void {
    if (open === undefined) return;
    if (open.attribution.again === undefined) this.#countNow(open, now);
    else this.#owed.push(open);
  }

  #countNow(open: Open, now: number): void {
    if (open.isCounted) return;
    const attribution = open.attribution.again?.();
    if (attribution !== undefined) {
      open.attribution = attribution;
      open.flow = { ...open.flow, owner: attribution.owner };
      open.identity = this.#identities.passed(open.flow, now);
    }
    open.isCounted = true;
    this.#aggregation.began(open.identity, now, open.attribution.pid);
  }

  #begin(event: ConnectionEvent, at: Moment, key: string): Open | undefined {
    const located = this.#locate(event);
    if (located === undefined) return undefined;
    const open = new Open(located, this.#identities.passed(located.flow, at.now), at.steady);
    open.judgedBy = this.#identities;
    this.#open.set(key, open);
    return open;
  }

  #beginAgain(event: ConnectionEvent, at: Moment, { key, open }: { key: string; open: Open }): void {
    if (open.isListed) {
      // The listing was faster than the event.
      open.isListed = false;
      open.isBefore = false;
      if (!open.isCounted) this.#count(open, at.now);
      return;
    }
    this.#open.delete(key);
    this.#aggregation.ended(open.identity, at.now, {
      packets: 0,
      bytes: 0,
      lasted: Math.round(at.steady - open.began),
    });
    this.#count(this.#begin(event, at, key), at.now);
  }

  #end(event: ConnectionEvent, at: Moment, known: { key: string; open: Open | undefined }): void {
    const open = known.open ?? this.#findEnded(event, at, known.key);
    if (open === undefined) return;
    this.#open.delete(known.key);
    if (open.attribution.again !== undefined && !open.isBefore) this.#countNow(open, at.now);
    this.#judgeAgain(open, at.now);
    const carried = open.carriedSince(event);
    this.#aggregation.ended(open.identity, at.now, {
      ...carried,
      lasted: Math.round(at.steady - open.began),
    });
  }

  #findEnded(event: ConnectionEvent, at: Moment, key: string): Open | undefined {
    const open = this.#begin(event, at, key);
    if (this.#isBeginning && open !== undefined) open.isBefore = true;
    else this.#count(open, at.now);
    return open;
  }

  #findUnknown(event: ConnectionEvent, at: Moment, { key, missed }: { key: string; missed: string }): void {
    const open = this.#begin(event, at, key);
    if (open === undefined) return;
    open.isListed = true;
    if (missed === "events") {
      this.#count(open, at.now);
      this.#refresh(open, event, at.now);
    } else {
      // What it has carried so far, it has carried before we looked.
      open.carriedSince(event);
      open.isBefore = true;
      this.#aggregation.found(open.identity, at.now, open.attribution.pid);
    }
  }

  #refresh(open: Open, event: ConnectionEvent, now: number): void {
    const { packets, bytes } = open.carriedSince(event);
    if (packets === 0 && bytes === 0) return;
    this.#judgeAgain(open, now);
    this.#aggregation.carried(open.identity, now, { packets, bytes });
  }

  /** Where it has lost its permission it stays what it was: it is the kernel that stops it, and says so. */
  #judgeAgain(open: Open, now: number): void {
    if (open.judgedBy === this.#identities) return;
    open.judgedBy = this.#identities;
    open.identity = this.#identities.passing(open.flow, now) ?? open.identity;
  }
}

class Open {
  flow: OwnedFlow;
  attribution: Attribution;
  readonly began: number;
  identity: FlowIdentity;
  judgedBy: Identities | undefined;
  /** Known from a listing and not from its beginning. */
  isListed = false;
  isCounted = false;
  /** It began before anybody looked. */
  isBefore = false;
  #packets = 0;
  #bytes = 0;

  constructor({ flow, attribution }: LocatedFlow, identity: FlowIdentity, began: number) {
    this.flow = flow;
    this.attribution = attribution;
    this.identity = identity;
    this.began = began;
  }

  /** What is new in the kernel's counters, which are 0 where it does not count. */
  carriedSince({ packets, bytes }: ConnectionEvent): { readonly packets: number; readonly bytes: number } {
    const carried = {
      packets: Math.max(0, packets - this.#packets),
      bytes: Math.max(0, bytes - this.#bytes),
    };
    this.#packets += carried.packets;
    this.#bytes += carried.bytes;
    return carried;
  }
}

function keyOf({ source, destination, protocol, sourcePort, service, zone = 0 }: Tuple): string {
  return `${source} ${destination} ${(protocol * 0x10000 + sourcePort) * 0x10000 + service} ${zone}`;
}
