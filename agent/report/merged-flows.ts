/** Records of several buckets as one. */

import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import { localText, remoteText, ruleText } from "./words.ts";

/** What two records have in common that are of the same flows, whatever the bucket. */
export function flowKey({ local, remote, direction, verdict, protocol, service, rule }: FlowRecord): string {
  const by = rule === null ? "" : ruleText(rule);
  return `${localText(local)} ${remoteText(remote)} ${direction} ${verdict} ${protocol} ${service} ${by}`;
}

/** The bucket is that of the first; the process that of the latest. */
export function joinedFlow(a: FlowRecord, b: FlowRecord): FlowRecord {
  const latest = b.end >= a.end ? b : a;
  const pid = latest.local.pid ?? a.local.pid ?? b.local.pid;
  return {
    ...a,
    local: pid === undefined ? a.local : { ...a.local, pid },
    bucket: Math.min(a.bucket, b.bucket),
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    connections: a.connections + b.connections,
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    ended: a.ended + b.ended,
    lasted: a.lasted + b.lasted,
  };
}

export function mergedFlows(
  records: Iterable<FlowRecord>,
  keyOf: (record: FlowRecord) => string,
): FlowRecord[] {
  const merged = new Map<string, FlowRecord>();
  for (const record of records) {
    const key = keyOf(record);
    const before = merged.get(key);
    merged.set(key, before === undefined ? record : joinedFlow(before, record));
  }
  return [...merged.values()];
}
