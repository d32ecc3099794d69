/** What went into a segment and out of it, as it was recorded: added up by the other end, the service, the verdict and the rule. */

import { serviceText } from "@bulkhead/shared/flow/flow-line.ts";
import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { type AddressRange, rangeContains } from "@bulkhead/shared/net/range.ts";
import type { FlowEnd, JoinedFlow } from "../../store/flows/joined-flow.ts";
import { RecordedFlows } from "../../store/flows/recorded-flows.ts";
import type { EvidenceFlow } from "./evidence.ts";
import { type Interval, overlap } from "./intervals.ts";
import type { Membership } from "./members.ts";

export interface SegmentAtWork {
  readonly name: string;
  readonly members: readonly Membership[];
  /** Of a segment of addresses. */
  readonly ranges: readonly AddressRange[];
}

const MOST_ROWS = 5_000;
const MOST_PEERS = 10_000;
const EXAMPLES = 5;

type Row = Omit<EvidenceFlow, "peers" | "examples"> & { readonly addresses: Set<string> };

/** A stretch of time in which the same hosts were in the segment. */
interface Stretch {
  readonly time: Interval;
  readonly hosts: ReadonlySet<string>;
}

/** Reading goes over each stretch by itself: beyond so many, changes of few hosts are not told apart. */
const MOST_STRETCHES = 50;

/**
 * The most connections first. A host's flows are counted in the stretches alone in which it was a member; a record counts in the one in which it ends.
 * @param path of `flows.db`. Throws `server/store-unusable`.
 */
export function flowsOfSegment(
  path: string,
  segment: SegmentAtWork,
  time: Interval,
): { readonly rows: readonly EvidenceFlow[]; readonly more: number; readonly isBlurred: boolean } {
  using recorded = new RecordedFlows(path);
  const rows = new Map<string, Row>();
  const { stretches, isBlurred } = stretchesOf(segment.members, time);
  const isAddress = addressEndOf(segment);
  const byAddress = new Map(
    segment.members.flatMap(({ host, addresses }) => addresses.map((address) => [address, host])),
  );
  for (const { time, hosts } of stretches) {
    const isEnd = (end: FlowEnd) => hosts.has(end.host ?? byAddress.get(end.address) ?? "") || isAddress(end);
    const within = { since: time.from, until: time.to - 1, counts: "ends" } as const;
    for (const flow of recorded.all(within, () => {})) {
      const [from, to] = [isEnd(flow.source), isEnd(flow.destination)];
      if (from || to) take(rows, flow, { direction: from && to ? "within" : to ? "in" : "out", time });
    }
  }
  const sorted = [...rows.values()].sort((a, b) => b.connections - a.connections);
  return {
    rows: sorted.slice(0, MOST_ROWS).map(viewOf),
    more: Math.max(0, sorted.length - MOST_ROWS),
    isBlurred,
  };
}

/** One after the other; those without a member are left out, where hosts can be members. */
function stretchesOf(
  members: readonly Membership[],
  time: Interval,
): { readonly stretches: readonly Stretch[]; readonly isBlurred: boolean } {
  if (members.length === 0) return { stretches: [{ time, hosts: new Set() }], isBlurred: false };
  const changes = new Map<number, number>();
  for (const { periods } of members)
    for (const { from, to } of periods)
      for (const moment of [from, to])
        if (moment > time.from && moment < time.to) changes.set(moment, (changes.get(moment) ?? 0) + 1);
  const chosen = [...changes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_STRETCHES - 1)
    .map(([moment]) => moment)
    .sort((a, b) => a - b);
  const stretches = [time.from, ...chosen].map((from, position) => {
    const part = { from, to: chosen[position] ?? time.to };
    const there = members.filter(({ periods }) =>
      periods.some((period) => overlap(period, part) !== undefined),
    );
    return { time: part, hosts: new Set(there.map(({ host }) => host)) };
  });
  return {
    stretches: stretches.filter(({ hosts }) => hosts.size > 0),
    isBlurred: changes.size > chosen.length,
  };
}

/** For a segment that consists of addresses or names: no host is a member. */
function addressEndOf({ name, members, ranges }: SegmentAtWork): (end: FlowEnd) => boolean {
  if (members.length > 0) return () => false;
  return ({ address, segment }) => {
    const parsed = ranges.length === 0 ? undefined : parseAddress(address);
    return segment === name || (parsed !== undefined && ranges.some((range) => rangeContains(range, parsed)));
  };
}

function take(
  rows: Map<string, Row>,
  flow: JoinedFlow,
  { direction, time }: { readonly direction: Row["direction"]; readonly time: Interval },
): void {
  const { verdict, egress, ingress, start, end } = flow;
  const [own, other] = direction === "out" ? [egress, ingress] : [ingress, egress];
  const decided = [own, other].find((judged) => judged?.verdict === verdict)?.rule;
  const rule = decided == null ? null : `${decided.name} (${decided.file}:${decided.line})`;
  const far = direction === "in" ? flow.source : flow.destination;
  const peer = far.segment ?? far.host ?? "outside";
  const service = serviceText(flow);
  const key = JSON.stringify([direction, peer, service, verdict, rule]);
  const row = rows.getOrInsertComputed(key, () => ({
    ...{
      direction,
      peer,
      service,
      verdict,
      rule,
      flows: 0,
      connections: 0,
      packets: 0,
      bytes: 0,
      unconfirmed: 0,
    },
    ...{ first: Math.max(start, time.from), last: Math.min(end, time.to), addresses: new Set<string>() },
  }));
  row.flows++;
  row.connections += flow.connections;
  row.packets += flow.packets;
  row.bytes += flow.bytes;
  if (flow.unconfirmed) row.unconfirmed++;
  row.first = Math.min(row.first, Math.max(start, time.from));
  row.last = Math.max(row.last, Math.min(end, time.to));
  if (row.addresses.size < MOST_PEERS) row.addresses.add(far.address);
}

function viewOf({ addresses, ...row }: Row): EvidenceFlow {
  return { ...row, peers: addresses.size, examples: [...addresses].slice(0, EXAMPLES) };
}
