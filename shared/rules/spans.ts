import type { Service } from "../net/service.ts";
import { type Span, serviceOf, spansOf } from "./service-line.ts";

/** A set of services, as intervals of the line of services. Immutable: every operation gives a new set. */
export class Spans {
  static readonly none = new Spans([]);
  static readonly all = new Spans(spansOf("all"));

  /** Sorted, disjoint and not adjacent. */
  readonly spans: readonly Span[];

  private constructor(spans: readonly Span[]) {
    this.spans = spans;
  }

  /** The union of services. */
  static of(...services: readonly Service[]): Spans {
    return new Spans(merge(services.flatMap(spansOf)));
  }

  static ofSpans(spans: readonly Span[]): Spans {
    return new Spans(merge(spans));
  }

  get isEmpty(): boolean {
    return this.spans.length === 0;
  }

  /** Equal for equal sets. */
  get key(): string {
    return this.spans.map(({ low, high }) => `${low}-${high}`).join(",");
  }

  get service(): Service {
    return serviceOf(this.spans);
  }

  has(point: number): boolean {
    return this.spans.some(({ low, high }) => low <= point && point <= high);
  }

  union(other: Spans): Spans {
    return new Spans(merge([...this.spans, ...other.spans]));
  }

  intersect(other: Spans): Spans {
    return this.subtract(other.complement());
  }

  subtract(other: Spans): Spans {
    return new Spans(this.spans.flatMap((span) => cutOut(span, other.spans)));
  }

  complement(): Spans {
    return Spans.all.subtract(this);
  }
}

/** Services that the same sets hold. */
export interface Part {
  readonly services: Spans;
  /** The positions of these sets. */
  readonly holding: readonly number[];
}

/** Cuts services into parts that none of the sets tells apart. */
export function partition(services: Spans, sets: readonly Spans[]): readonly Part[] {
  if (sets.length === 0 && !services.isEmpty) return [{ services, holding: [] }];
  const bounds = new Set(sets.flatMap(({ spans }) => spans.flatMap(({ low, high }) => [low, high + 1])));
  const cuts = [...bounds].sort((a, b) => a - b);
  const parts = new Map<string, { spans: Span[]; holding: readonly number[] }>();
  for (const span of services.spans.flatMap((whole) => cutAt(whole, cuts))) {
    const holding = sets.flatMap((set, position) => (set.has(span.low) ? position : []));
    parts.getOrInsertComputed(holding.join(","), () => ({ spans: [], holding })).spans.push(span);
  }
  return Array.from(parts.values(), ({ spans, holding }) => ({ services: Spans.ofSpans(spans), holding }));
}

/** @param cuts ascending */
function cutAt({ low, high }: Span, cuts: readonly number[]): readonly Span[] {
  const starts = [low, ...cuts.filter((cut) => low < cut && cut <= high)];
  return starts.map((start, at) => ({ low: start, high: (starts[at + 1] ?? high + 1) - 1 }));
}

function merge(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.low - b.low)) {
    const last = merged.at(-1);
    if (last === undefined || span.low > last.high + 1) merged.push(span);
    else if (span.high > last.high) merged[merged.length - 1] = { low: last.low, high: span.high };
  }
  return merged;
}

function cutOut(span: Span, holes: readonly Span[]): readonly Span[] {
  const rest: Span[] = [];
  let { low } = span;
  for (const hole of holes) {
    if (hole.high < low) continue;
    if (hole.low > span.high) break;
    if (hole.low > low) rest.push({ low, high: hole.low - 1 });
    low = hole.high + 1;
  }
  if (low <= span.high) rest.push({ low, high: span.high });
  return rest;
}
