/** Which records somebody has asked for: the same answer for what is on disk and for what is seen just now. */

import type { FlowRecord, RemoteParty } from "@bulkhead/shared/flow/record.ts";
import { parseAddress } from "@bulkhead/shared/net/address.ts";
import { parseRange, rangeContains } from "@bulkhead/shared/net/range.ts";
import type { FlowQuery } from "./spool.ts";

export type FlowFilter = Pick<FlowQuery, "verdicts" | "direction" | "unit" | "peer">;

export function flowFilter(query: FlowFilter): (record: FlowRecord) => boolean {
  const isPeer = peerFilter(query.peer);
  return (record) =>
    (query.verdicts === undefined || query.verdicts.includes(record.verdict)) &&
    (query.direction === undefined || query.direction === record.direction) &&
    isUnit(query.unit, record.local.unit) &&
    isPeer(record.remote);
}

/** `nginx` is `nginx.service` as well, as for systemctl. */
export function isUnit(asked: string | undefined, unit: string | undefined): boolean {
  return asked === undefined || unit === asked || unit === `${asked}.service`;
}

/** By the name of a host or a segment, by an address or a block. */
export function peerFilter(peer: string | undefined): (remote: RemoteParty) => boolean {
  if (peer === undefined) return () => true;
  const range = parseRange(peer);
  if ("problem" in range) return ({ host, segment }) => host === peer || segment === peer;
  return (remote) => {
    const address = parseAddress(remote.address);
    return address !== undefined && rangeContains(range, address);
  };
}
