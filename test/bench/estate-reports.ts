/** What an estate's hosts report: the same flows again and again from both ends, strangers at the door, a few denied. */

import type { FlowReport } from "@bulkhead/server/store/flows/flow-store.ts";
import { BUCKET_MILLISECONDS, type FlowRecord } from "@bulkhead/shared/flow/record.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";

export type Report = FlowReport;

export const HOSTS = 500;
export const PEERS = 16;
/** Of a host in a bucket. */
const STRANGERS = 8;
const STRANGER_ADDRESSES = 200_000;
/** A host's report: what it saw in so many buckets. */
const BUCKETS_PER_REPORT = 25;
const PER_BUCKET = 2 * PEERS + STRANGERS;

/** A bucket's end, some time in 2026. */
export const NOW = 1_795_435_200_000;

export function addressOf(host: number): string {
  return `10.0.${host >> 8}.${host & 255}`;
}

/** In rounds of all hosts; each report is of a thousand records. */
export function* estateReports(records: number, hosts = HOSTS): IterableIterator<Report> {
  const rounds = Math.ceil(records / (hosts * PER_BUCKET * BUCKETS_PER_REPORT));
  const first = NOW - rounds * BUCKETS_PER_REPORT * BUCKET_MILLISECONDS;
  let left = records;
  for (let round = 0; round < rounds; round++)
    for (let host = 0; host < hosts && left > 0; host++) {
      const buckets = Array.from({ length: BUCKETS_PER_REPORT }, (_, at) => round * BUCKETS_PER_REPORT + at);
      const told = buckets.flatMap((bucket) => recordsOf([host, hosts], bucket, first)).slice(0, left);
      left -= told.length;
      yield {
        host: {
          id: `id-${host}`,
          name: `host-${host}`,
          addresses: [addressOf(host)],
          segment: `segment-${host % 20}`,
        },
        upTo: round,
        records: told,
        losses: [],
      };
    }
}

function recordsOf(
  [host, hosts]: readonly [host: number, of: number],
  bucket: number,
  first: number,
): FlowRecord[] {
  const begin = first + bucket * BUCKET_MILLISECONDS;
  const records: FlowRecord[] = [];
  for (let peer = 1; peer <= PEERS; peer++) {
    records.push(record(begin, "egress", [host, (host + peer * 7) % hosts], peer));
    records.push(record(begin, "ingress", [host, (host + hosts * 7 - peer * 7) % hosts], peer));
  }
  for (let at = 0; at < STRANGERS; at++) {
    const stranger = (host * 7919 + bucket * 104_729 + at * 1_299_709) % STRANGER_ADDRESSES;
    const remote = { address: `198.${18 + (stranger >> 16)}.${(stranger >> 8) & 255}.${stranger & 255}` };
    const verdict = at % 4 === 0 ? "deny" : "allow";
    records.push({ ...record(begin, "ingress", [host, 0], 0), remote, verdict });
  }
  return records;
}

function record(
  bucket: number,
  direction: "ingress" | "egress",
  [host, peer]: readonly [number, number],
  service: number,
): FlowRecord {
  const noise = (bucket / BUCKET_MILLISECONDS + host * 31 + service * 17) % 1000;
  const verdict: Verdict = "allow";
  return {
    bucket,
    start: bucket + noise,
    end: bucket + 9_000 + noise,
    direction,
    verdict,
    local: {
      address: addressOf(host),
      unit: `service-${service}.service`,
      user: "www-data",
      executable: "/usr/bin/service",
      pid: 1000 + service,
    },
    remote: { address: addressOf(peer), host: `host-${peer}`, segment: `segment-${peer % 20}` },
    protocol: 6,
    service: 443 + service,
    rule: { name: `rule-${service}`, file: "policy.yaml", line: 10 + service },
    connections: 1 + (noise % 9),
    packets: 20 + noise,
    bytes: 2_000 + noise * 700,
    ended: noise % 9,
    lasted: noise * 100,
  };
}
