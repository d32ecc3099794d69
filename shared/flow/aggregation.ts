/** Adds single observations up to records: the counters of what is alike, in buckets of time. */

import { Attempts } from "./attempts.ts";
import type { FlowIdentity } from "./identity.ts";
import { BUCKET_MILLISECONDS, type FlowRecord, type Loss, OTHERS } from "./record.ts";

/** How many different flows of one bucket are kept apart. */
const MOST_KEYS = 20_000;

export interface AggregationLimits {
  readonly keys?: number;
  /** Source ports of denied attempts that are remembered. */
  readonly ports?: number;
}

/** What is new since the last flush. */
export interface Delta {
  readonly records: readonly FlowRecord[];
  readonly losses: readonly Loss[];
}

/** Milliseconds since 1970 are given with each observation: the clock is the caller's, and may be put back. */
export class Aggregation {
  readonly #mostKeys: number;
  readonly #attempts: Attempts;
  readonly #others = new Others();
  #bucket = Number.NaN;
  /** All that was counted apart in this bucket, and what of it is new since the last flush. */
  #known = new Set<FlowIdentity>();
  #counters = new Map<FlowIdentity, Counters>();
  #done: FlowRecord[] = [];
  #merged: { start: number; end: number; count: number } | undefined;

  constructor({ keys = MOST_KEYS, ports }: AggregationLimits = {}) {
    this.#mostKeys = keys;
    this.#attempts = new Attempts(ports);
  }

  /** A connection has begun. */
  began(identity: FlowIdentity, now: number, pid?: number): void {
    const counters = this.#at(identity, now);
    counters.connections++;
    if (pid !== undefined) counters.pid = pid;
  }

  /** A connection is there that began before anybody looked. */
  found(identity: FlowIdentity, now: number, pid?: number): void {
    const counters = this.#at(identity, now);
    if (pid !== undefined) counters.pid = pid;
  }

  /** An open connection has carried so much more. */
  carried(identity: FlowIdentity, now: number, { packets, bytes }: Carried): void {
    const counters = this.#at(identity, now);
    counters.packets += packets;
    counters.bytes += bytes;
  }

  /** A connection has ended, `lasted` milliseconds after it began, and has carried so much more. */
  ended(identity: FlowIdentity, now: number, { packets, bytes, lasted }: Ended): void {
    const counters = this.#at(identity, now);
    counters.packets += packets;
    counters.bytes += bytes;
    counters.ended++;
    counters.lasted += lasted;
  }

  /** A packet was denied. */
  denied(identity: FlowIdentity, now: number, { sourcePort, bytes, pid }: DeniedPacket): void {
    const isNew = this.#attempts.isNew(identity, sourcePort, now);
    const counters = this.#at(identity, now);
    if (isNew) counters.connections++;
    counters.packets++;
    counters.bytes += bytes;
    if (pid !== undefined) counters.pid = pid;
  }

  /** What was counted since the last flush; it is not told again. */
  flush(): Delta {
    this.#close();
    const records = this.#done;
    this.#done = [];
    const merged = this.#merged;
    this.#merged = undefined;
    return { records, losses: merged === undefined ? [] : [{ ...merged, what: "bucket-full" }] };
  }

  #at(identity: FlowIdentity, now: number): Counters {
    const bucket = now - (now % BUCKET_MILLISECONDS);
    if (bucket !== this.#bucket) this.#turn(bucket);
    let counters = this.#counters.get(identity);
    if (counters === undefined) {
      const kept = this.#keptApart(identity, now);
      counters = this.#counters.getOrInsertComputed(kept, () => new Counters(now));
    }
    if (now < counters.start) counters.start = now;
    if (now > counters.end) counters.end = now;
    return counters;
  }

  #keptApart(identity: FlowIdentity, now: number): FlowIdentity {
    if (this.#known.has(identity)) return identity;
    if (this.#known.size < this.#mostKeys) {
      this.#known.add(identity);
      return identity;
    }
    this.#merged ??= { start: now, end: now, count: 0 };
    this.#merged.end = now;
    this.#merged.count++;
    return this.#others.of(identity, this.#mostKeys);
  }

  #turn(bucket: number): void {
    this.#close();
    this.#bucket = bucket;
    this.#known = new Set();
    this.#others.clear();
  }

  /** Makes records of what was counted in the bucket so far. */
  #close(): void {
    for (const [identity, counters] of this.#counters)
      this.#done.push(recordOf(this.#bucket, identity, counters));
    this.#counters.clear();
  }
}

export interface Carried {
  readonly packets: number;
  readonly bytes: number;
}

export interface Ended extends Carried {
  readonly lasted: number;
}

export interface DeniedPacket {
  readonly sourcePort: number;
  readonly bytes: number;
  readonly pid?: number;
}

class Counters {
  start: number;
  end: number;
  connections = 0;
  packets = 0;
  bytes = 0;
  ended = 0;
  lasted = 0;
  pid: number | undefined;

  constructor(now: number) {
    this.start = now;
    this.end = now;
  }
}

/** What remains of identities when their peers are no longer told apart. */
class Others {
  readonly #known = new Map<string, FlowIdentity>();

  /** @param most of these again; beyond them services are no longer told apart either, which leaves no more than this host has processes. */
  of(identity: FlowIdentity, most: number): FlowIdentity {
    const key = keyOf(identity, identity.service);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const service = this.#known.size < most ? identity.service : 0;
    return this.#known.getOrInsertComputed(keyOf(identity, service), () => ({
      ...identity,
      remote: { address: OTHERS },
      service,
    }));
  }

  clear(): void {
    this.#known.clear();
  }
}

function keyOf({ direction, verdict, local, protocol, rule }: FlowIdentity, service: number): string {
  const { address, unit, user, executable } = local;
  return JSON.stringify([direction, verdict, address, unit, user, executable, protocol, service, rule]);
}

function recordOf(bucket: number, identity: FlowIdentity, counters: Counters): FlowRecord {
  const { direction, verdict, local, remote, protocol, service, rule } = identity;
  const { start, end, connections, packets, bytes, ended, lasted, pid } = counters;
  return {
    bucket,
    start,
    end,
    direction,
    verdict,
    local: pid === undefined ? local : { ...local, pid },
    remote,
    protocol,
    service,
    rule,
    connections,
    packets,
    bytes,
    ended,
    lasted,
  };
}
