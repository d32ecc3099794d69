import { dayOf } from "./habits.ts";

/** What was counted of a flow. */
export interface Sums {
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly start: number;
  readonly end: number;
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  /** Where habits are asked for. */
  readonly days: number;
  readonly loud: number;
}

/** Adds up what was counted of each flow, span after span. There may be millions of them, so there is no object for each. */
export class FlowSums {
  readonly #isSeen: Uint8Array;
  readonly #fields: Readonly<Record<keyof Sums, Float64Array>>;

  /** @param flows no flow has a higher number in the store. */
  constructor(flows: number) {
    const field = () => new Float64Array(flows + 1);
    this.#isSeen = new Uint8Array(flows + 1);
    this.#fields = {
      ...{ start: field(), end: field(), connections: field(), packets: field(), bytes: field() },
      ...{ days: field(), loud: field() },
    };
  }

  has(flow: number): boolean {
    return this.#isSeen[flow] === 1;
  }

  /** Zeros where nothing was counted. */
  of(flow: number): Sums {
    const { start, end, connections, packets, bytes, days, loud } = this.#fields;
    return {
      ...{ start: start[flow] ?? 0, end: end[flow] ?? 0, connections: connections[flow] ?? 0 },
      ...{ packets: packets[flow] ?? 0, bytes: bytes[flow] ?? 0 },
      ...{ days: days[flow] ?? 0, loud: loud[flow] ?? 0 },
    };
  }

  connectionsOf(flow: number): number {
    return this.#fields.connections[flow] ?? 0;
  }

  /** Rows of spans in the order of time. */
  add(begin: number, row: readonly number[]): void {
    const [flow = 0, first = 0, last = 0, connections = 0, packets = 0, bytes = 0, , days = 0, loud = 0] =
      row;
    const fields = this.#fields;
    const [start, end] = [begin + first, begin + last];
    if (this.has(flow)) {
      const [firstSeen = start, lastSeen = end] = [fields.start[flow], fields.end[flow]];
      // A day that was counted before can only be the last one.
      addTo(fields.days, flow, dayOf(lastSeen) >= dayOf(start) ? Math.max(0, days - 1) : days);
      fields.start[flow] = Math.min(firstSeen, start);
      fields.end[flow] = Math.max(lastSeen, end);
    } else {
      this.#isSeen[flow] = 1;
      fields.start[flow] = start;
      fields.end[flow] = end;
      fields.days[flow] = days;
    }
    addTo(fields.connections, flow, connections);
    addTo(fields.packets, flow, packets);
    addTo(fields.bytes, flow, bytes);
    addTo(fields.loud, flow, loud);
  }
}

function addTo(field: Float64Array, flow: number, more: number): void {
  field[flow] = (field[flow] ?? 0) + more;
}
