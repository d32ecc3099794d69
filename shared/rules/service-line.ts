/**
 * All services laid out on one line: a flow's point on it is protocol * 65536 + number. Services are then sets of intervals, and the points
 * where any of them begins or ends cut the line into pieces on which a set of rules decides alike.
 */

import { PROTOCOLS, type Service, type ServiceTerm } from "../net/service.ts";

const PER_PROTOCOL = 65536;

/** One past the last point. */
export const LINE_END = 256 * PER_PROTOCOL;

/** Points from `low` to `high`, both included. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

export function pointOf(protocol: number, number: number): number {
  return protocol * PER_PROTOCOL + number;
}

/** A flow's protocol and number at a point; a protocol that has no numbers inside is at number 0 wherever on its part of the line. */
export function flowAt(point: number): { readonly protocol: number; readonly number: number } {
  const protocol = Math.floor(point / PER_PROTOCOL);
  return { protocol, number: hasNumbers(protocol) ? point % PER_PROTOCOL : 0 };
}

/** One of the services on these spans, of which there is at least one; one of TCP if possible, as that is what people think of. */
export function exampleOf(spans: readonly Span[]): { readonly protocol: number; readonly number: number } {
  const first = pointOf(PROTOCOLS.tcp, 1);
  const last = pointOf(PROTOCOLS.tcp + 1, 0) - 1;
  const tcp = spans.find(({ low, high }) => low <= last && first <= high);
  return flowAt(tcp === undefined ? (spans[0]?.low ?? 0) : Math.max(tcp.low, first));
}

export function spansOf(service: Service): readonly Span[] {
  if (service === "all") return [{ low: 0, high: LINE_END - 1 }];
  return service.map(({ protocol, low, high }) => ({
    low: pointOf(protocol, low),
    high: pointOf(protocol, high),
  }));
}

/** The service that these spans are, which are sorted, disjoint and not adjacent. */
export function serviceOf(spans: readonly Span[]): Service {
  const [only] = spans;
  if (only !== undefined && only.low === 0 && only.high === LINE_END - 1) return "all";
  return spans.flatMap(termsOf);
}

/** A span that reaches over several protocols is a term for each. */
function termsOf(span: Span): readonly ServiceTerm[] {
  const terms: ServiceTerm[] = [];
  for (let protocol = Math.floor(span.low / PER_PROTOCOL); pointOf(protocol, 0) <= span.high; protocol++)
    terms.push({
      protocol,
      low: Math.max(span.low - pointOf(protocol, 0), 0),
      high: Math.min(span.high - pointOf(protocol, 0), PER_PROTOCOL - 1),
    });
  return terms;
}

function hasNumbers(protocol: number): boolean {
  return Object.values<number>(PROTOCOLS).includes(protocol);
}

/** Where services cut the line: the first points of its pieces, ascending, the first being 0. */
export class Cuts {
  readonly #starts: readonly number[];

  constructor(services: Iterable<Service>) {
    const starts = new Set([0]);
    for (const service of services)
      for (const { low, high } of spansOf(service)) {
        starts.add(low);
        if (high + 1 < LINE_END) starts.add(high + 1);
      }
    this.#starts = [...starts].sort((a, b) => a - b);
  }

  /** The first point of the piece that this one is on. */
  startOf(point: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= point) low = middle;
      else high = middle - 1;
    }
    return this.#starts[low] ?? 0;
  }
}
