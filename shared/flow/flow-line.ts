/** A record as one line of JSON: what `flows --json` prints, and others' programs read. */

import { formatService } from "../net/service.ts";
import type { Direction } from "../policy/policy.ts";
import type { RuleRef } from "../rules/host-policy.ts";
import type { Verdict } from "../rules/judgement.ts";
import type { FlowRecord, LocalParty, RemoteParty } from "./record.ts";

/** Later versions add fields. What is not known is absent. */
export interface FlowLine {
  /** ISO 8601: the first and the last moment at which something of it was seen. */
  readonly start: string;
  readonly end: string;
  readonly direction: Direction;
  readonly verdict: Verdict;
  readonly local: LocalParty;
  readonly remote: RemoteParty;
  /** `tcp/5432`, `icmp/echo-request`, `proto/47`. */
  readonly service: string;
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  /** Seconds, the mean of the connections that ended; absent where none did. */
  readonly duration?: number;
  /** As in `explain`; null where no rule decided. */
  readonly rule: RuleRef | null;
}

export function flowLine(record: FlowRecord): FlowLine {
  const { direction, verdict, local, remote, connections, packets, bytes, ended, lasted, rule } = record;
  return {
    start: isoText(record.start),
    end: isoText(record.end),
    direction,
    verdict,
    local: localFacts(local),
    remote: remoteFacts(remote),
    service: serviceText(record),
    connections,
    packets,
    bytes,
    ...(ended === 0 ? {} : { duration: Math.round(lasted / ended) / 1000 }),
    rule,
  };
}

/** As a policy would name it. */
export function serviceText({ protocol, service }: Pick<FlowRecord, "protocol" | "service">): string {
  const exact = formatService([{ protocol, low: service, high: service }])[0] ?? `proto/${protocol}`;
  // An ICMP message has a code; policies speak of the type alone, and code 0 is the usual one.
  return exact.replace(/ code 0$/, "");
}

/** Their order is that of the documentation, whatever the record was made from. */
function localFacts({ address, unit, user, executable, pid }: LocalParty): LocalParty {
  return {
    address,
    ...(unit === undefined ? {} : { unit }),
    ...(user === undefined ? {} : { user }),
    ...(executable === undefined ? {} : { executable }),
    ...(pid === undefined ? {} : { pid }),
  };
}

function remoteFacts({ address, host, segment }: RemoteParty): RemoteParty {
  return {
    address,
    ...(host === undefined ? {} : { host }),
    ...(segment === undefined ? {} : { segment }),
  };
}

/** The clock of a host may be anywhere; a moment that no calendar has is still a line. */
function isoText(milliseconds: number): string {
  const furthest = 8.64e15;
  return new Date(Math.max(-furthest, Math.min(furthest, milliseconds))).toISOString();
}
