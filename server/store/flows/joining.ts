/** From pairs of halves to flows as they are shown. */

import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import { compareVerdicts } from "@bulkhead/shared/rules/judgement.ts";
import type { Facts, Half } from "./half.ts";
import type { FlowEnd, JoinedFlow, Judged } from "./joined-flow.ts";
import type { Pair } from "./pairing.ts";

export interface FlowKey {
  /** Canonical texts. */
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly service: number;
}

/** `isManaged`: whether a host that reports to us has this address. */
export function joinedFlow(key: FlowKey, pair: Pair, isManaged: (address: string) => boolean): JoinedFlow {
  const { egress, ingress, start, end, connections, packets, bytes, ended, lasted } = pair;
  const confirmed = egress !== undefined && ingress !== undefined;
  const bothManaged = isManaged(key.source) && isManaged(key.destination);
  return {
    start,
    end,
    source: endOf(key.source, egress?.source, ingress?.source),
    destination: endOf(key.destination, ingress?.destination, egress?.destination),
    protocol: key.protocol,
    service: key.service,
    connections: safe(connections),
    packets: safe(packets),
    bytes: safe(bytes),
    ended: safe(ended),
    lasted: safe(lasted),
    verdict: worst(egress?.verdict, ingress?.verdict),
    egress: egress === undefined ? null : judged(egress, egress.source),
    ingress: ingress === undefined ? null : judged(ingress, ingress.destination),
    confirmed,
    unconfirmed: !confirmed && bothManaged && egress?.verdict !== "deny",
  };
}

/** What a host says of itself counts before what the other end calls it. */
function endOf(address: string, own: Facts | undefined, called: Facts | undefined): FlowEnd {
  const host = own?.host ?? called?.host;
  const segment = own?.segment ?? called?.segment;
  return {
    address,
    ...(host === undefined ? {} : { host }),
    ...(segment === undefined ? {} : { segment }),
    ...(own?.unit === undefined ? {} : { unit: own.unit }),
    ...(own?.user === undefined ? {} : { user: own.user }),
    ...(own?.executable === undefined ? {} : { executable: own.executable }),
  };
}

function judged({ verdict, rule }: Half, { host }: Facts): Judged {
  return { host: host ?? "", verdict, rule };
}

function worst(a: Verdict | undefined, b: Verdict | undefined): Verdict {
  if (a === undefined || b === undefined) return a ?? b ?? "allow";
  return compareVerdicts(a, b) >= 0 ? a : b;
}

/** A host may report what it likes; sums of it stay numbers that every reader takes. */
function safe(count: number): number {
  return Math.min(count, Number.MAX_SAFE_INTEGER);
}
