/** Flows added up for a map: which hosts and segments talk to which, over what, with which verdict. */

import { OTHERS } from "@bulkhead/shared/flow/record.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { Database } from "../database.ts";
import { chooseCandidates } from "./candidates.ts";
import { flowFilter } from "./filter.ts";
import { FlowReader } from "./flow-reader.ts";
import { keyTexts } from "./flow-search.ts";
import type { FlowEnd, FlowFilter, JoinedFlow } from "./joined-flow.ts";
import { joinedFlow } from "./joining.ts";
import { type Pair, paired } from "./pairing.ts";
import type { Time } from "./slices.ts";

export interface FlowSummary {
  /** The most connections first, at most `limit`. */
  readonly edges: readonly Edge[];
  /** How many edges there are beyond those. */
  readonly more: number;
  /** In the order of time, minutes without any left out. Records that are coarser than a minute are in the one in which their bucket begins. */
  readonly deniedPerMinute: readonly DeniedMinute[];
}

/** All flows between two groups of ends that are alike. An end with neither host nor segment is any address that nobody has a name for. */
export interface Edge {
  readonly source: EdgeEnd;
  readonly destination: EdgeEnd;
  readonly protocol: number;
  readonly service: number;
  readonly verdict: Verdict;
  /** How many flows are in it, and how many of them are unconfirmed. */
  readonly flows: number;
  readonly unconfirmed: number;
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  /** When the first of it was seen within the time that was asked for, and the last. */
  readonly start: number;
  readonly end: number;
}

/** `unit` is there where edges are told apart by it, `address` where nobody has a name for it and all flows of the edge have the same. */
export type EdgeEnd = Pick<FlowEnd, "host" | "segment" | "unit"> & Partial<Pick<FlowEnd, "address">>;

export interface DeniedMinute {
  /** Where it begins, milliseconds since 1970-01-01T00:00Z. */
  readonly minute: number;
  /** Attempts that were denied by either end. */
  readonly connections: number;
}

export interface SummaryQuery extends FlowFilter {
  readonly limit: number;
  /** Whether what differs in a host's unit alone is one edge, or several. */
  readonly by?: "host" | "unit";
}

const DENIED = `SELECT (span.begin + tally.bucket * span.width) / 60000 * 60000 AS minute, total(tally.connections) AS connections
  FROM json_each(@flows) AS denied CROSS JOIN span CROSS JOIN tally
  WHERE tally.span = span.id AND tally.flow = denied.value AND span.finish > @since AND span.begin <= @until
  AND span.begin + tally.bucket * span.width + tally.finish >= @since AND span.begin + tally.bucket * span.width + tally.start <= @until
  GROUP BY minute ORDER BY minute`;

/** Throws `server/invalid-request` for a service that is none. */
export function summaryOf(
  database: Database,
  query: SummaryQuery,
  isManaged: (address: string) => boolean,
): FlowSummary {
  const isWanted = flowFilter(query);
  const time = { since: query.since, until: query.until ?? Number.MAX_SAFE_INTEGER };
  const reader = new FlowReader(database);
  const edges = new Map<string, Edge>();
  const denied = new Set<number>();
  for (const { key, halves } of reader.halves(time, chooseCandidates(database, query) ? "candidates" : "all"))
    for (const pair of paired(halves)) {
      const flow = joinedFlow(keyTexts(reader, key), pair, isManaged);
      if (!isWanted(flow)) continue;
      addTo(edges, flow, query.by === "unit");
      for (const id of deniedHalves(pair)) denied.add(id);
    }
  const sorted = [...edges.values()].sort((a, b) => b.connections - a.connections);
  return {
    edges: sorted.slice(0, query.limit),
    more: Math.max(0, sorted.length - query.limit),
    deniedPerMinute: deniedMinutes(database, [...denied], time),
  };
}

function addTo(edges: Map<string, Edge>, flow: JoinedFlow, isByUnit: boolean): void {
  const { protocol, service, verdict } = flow;
  const [source, destination] = [edgeEnd(flow.source, isByUnit), edgeEnd(flow.destination, isByUnit)];
  const key = JSON.stringify([source, destination, protocol, service, verdict]);
  const before = edges.get(key);
  edges.set(key, {
    source: withAddress(source, flow.source, before?.source),
    destination: withAddress(destination, flow.destination, before?.destination),
    ...{ protocol, service, verdict },
    flows: (before?.flows ?? 0) + 1,
    unconfirmed: (before?.unconfirmed ?? 0) + (flow.unconfirmed ? 1 : 0),
    connections: (before?.connections ?? 0) + flow.connections,
    packets: (before?.packets ?? 0) + flow.packets,
    bytes: (before?.bytes ?? 0) + flow.bytes,
    start: Math.min(before?.start ?? flow.start, flow.start),
    end: Math.max(before?.end ?? flow.end, flow.end),
  });
}

function edgeEnd({ host, segment, unit }: FlowEnd, isByUnit: boolean): EdgeEnd {
  return {
    ...(host === undefined ? {} : { host }),
    ...(segment === undefined ? {} : { segment }),
    ...(isByUnit && unit !== undefined && { unit }),
  };
}

function withAddress(end: EdgeEnd, { address }: FlowEnd, before: EdgeEnd | undefined): EdgeEnd {
  const isNamed = end.host !== undefined || end.segment !== undefined;
  const isOther = before !== undefined && before.address !== address;
  return isNamed || isOther || address === OTHERS ? end : { ...end, address };
}

function deniedHalves({ egress, ingress }: Pair): readonly number[] {
  return [egress, ingress].flatMap((half) => (half?.verdict === "deny" ? [half.id] : []));
}

function deniedMinutes(database: Database, flows: readonly number[], time: Time): readonly DeniedMinute[] {
  if (flows.length === 0) return [];
  return database.prepare(DENIED).all({ ...time, flows: JSON.stringify(flows) }) as DeniedMinute[];
}
