/** Whether what a host reports can be true at all. Whoever has a host's key can report anything; nothing of it may harm the others' records. */

import type { ReportedRecord } from "../store/flows/identities.ts";

const DAY = 24 * 3_600_000;
/** Agents keep records for thirty days, and clocks are wrong. */
const OLDEST = 40 * DAY;
const FURTHEST = DAY;

export function isSane(record: ReportedRecord, now: number): boolean {
  const { bucket, start, end, protocol, service, connections, packets, bytes, ended, lasted } = record;
  return (
    isRecent(bucket, now) &&
    [start, end, connections, packets, bytes, ended, lasted].every(isCount) &&
    isCount(protocol) &&
    protocol <= 255 &&
    isCount(service) &&
    service <= 65_535
  );
}

/** Whether the moment is one that a host may still, or already, tell of. */
export function isRecent(moment: number, now: number): boolean {
  return isCount(moment) && moment >= now - OLDEST && moment <= now + FURTHEST;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
