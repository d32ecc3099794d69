import type { BitSet } from "./bit-set.ts";
import { type Difference, union } from "./difference-book.ts";
import type { Meetings } from "./meetings.ts";
import type { Namer } from "./naming.ts";
import { type Rows, rectanglesOf } from "./rectangles.ts";
import { serviceWords } from "./service-words.ts";
import { partition, Spans } from "./spans.ts";
import type { Process } from "./spectrum.ts";

/** Everything in `from` can reach everything in `to` by these services. */
export interface Reach {
  /** A segment, a host, a block, an address, a DNS name, or "any other address". */
  readonly from: string;
  readonly to: string;
  /** In words: `tcp/443`, `all`, `all except tcp/22`; `all else` is everything but what else may pass between these ends. */
  readonly services: readonly string[];
  /** The sending process, where this is only said of one. */
  readonly unit?: string;
  readonly user?: string;
}

/** Where everything passes, and what did not before differs from pair to pair in more ways than these, nobody wants to read them all. */
const FEW_WAYS = 4;

/** Between whom, and how to call them. */
export interface ReachParties {
  readonly meetings: Meetings;
  readonly fromNamer: Namer;
  readonly toNamer: Namer;
}

/** Says it in few words: services that are alike go together, and so do ends. Sorted by ends, then process. */
export function describeReach(
  differences: readonly Difference[],
  { meetings, fromNamer, toNamer }: ReachParties,
): readonly Reach[] {
  const told = new Map<string, Told>();
  for (const some of Map.groupBy(differences, ({ process }) => JSON.stringify(process)).values())
    for (const { services, rows } of partsOf(some))
      for (const { from, to, mayFrom, mayTo } of rectanglesOf(rows, meetings)) {
        const destinations = toNamer.labels(to, mayTo);
        for (const source of fromNamer.labels(from, mayFrom))
          for (const destination of destinations)
            tell(told, { from: source, to: destination, process: some[0]?.process, services });
      }
  return [...told.values()].sort(byEnds).map(reachOf);
}

interface Told {
  readonly from: string;
  readonly to: string;
  readonly process: Process | undefined;
  readonly services: Services;
}

type Services = Spans | "all else";

/** The same ends may have come up before with other services. */
function tell(told: Map<string, Told>, one: Told): void {
  const key = JSON.stringify([one.from, one.to, one.process]);
  const before = told.get(key)?.services ?? Spans.none;
  const isElse = before === "all else" || one.services === "all else";
  told.set(key, { ...one, services: isElse ? "all else" : before.union(one.services) });
}

interface ServicesOfPairs {
  readonly services: Services;
  readonly rows: Rows;
}

function partsOf(differences: readonly Difference[]): readonly ServicesOfPairs[] {
  const whole = differences.filter(({ isAll }) => isAll);
  const ways = new Set(whole.map(({ services }) => services.key));
  if (ways.size <= FEW_WAYS) return byServices(differences);
  const others = differences.filter(({ isAll }) => !isAll);
  return [{ services: "all else", rows: rowsOf(whole) }, ...byServices(others)];
}

/** Cuts all services into parts that each go with one set of pairs. */
function byServices(differences: readonly Difference[]): readonly ServicesOfPairs[] {
  const sets = differences.map(({ services }) => services);
  const all = sets.reduce((union, one) => union.union(one), Spans.none);
  return partition(all, sets).map(({ services, holding }) => ({
    services,
    rows: rowsOf(holding.flatMap((position) => differences[position] ?? [])),
  }));
}

function rowsOf(differences: readonly Difference[]): Rows {
  const [only] = differences;
  if (only !== undefined && differences.length === 1) return only.rows;
  const all = new Map<number, BitSet>();
  for (const { rows } of differences)
    for (const [from, to] of rows) all.set(from, union(all.get(from) ?? to, to));
  return new Map([...all].sort(([a], [b]) => a - b));
}

function byEnds(a: Told, b: Told): number {
  const keys = ({ from, to, process }: Told) => [from, to, process?.unit ?? "", process?.user ?? ""];
  const other = keys(b);
  for (const [at, key] of keys(a).entries()) {
    const against = other[at] ?? "";
    if (key !== against) return key < against ? -1 : 1;
  }
  return 0;
}

function reachOf({ from, to, process, services }: Told): Reach {
  return {
    from,
    to,
    services: services === "all else" ? [services] : serviceWords(services),
    ...(process?.unit === undefined ? {} : { unit: process.unit }),
    ...(process?.user === undefined ? {} : { user: process.user }),
  };
}
