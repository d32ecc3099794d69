/** A table of its own that marks packets for tracing, and nothing else: it vanishes with its owner, and marks nothing after its time. */

import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { TraceQuestion } from "./question.ts";

export const TRACE_TABLE = "bulkhead_trace";
/** Before connection tracking, and so before all that could drop a packet but the driver. */
const PRIORITY = -310;
/** A flood of matching packets must not take a core. */
const MOST_A_SECOND = 100;

const PORTS: Readonly<Record<number, string>> = {
  [PROTOCOLS.tcp]: "tcp",
  [PROTOCOLS.udp]: "udp",
  [PROTOCOLS.sctp]: "sctp",
};

/** A line of nft, which reads a command a line where it is kept running; with the flag `owner`. */
export function traceTable({ direction, peer, service, seconds }: TraceQuestion): string {
  const family = peer.includes(":") ? "ip6" : "ip";
  const [there, back] = direction === "egress" ? ["dport", "sport"] : ["sport", "dport"];
  const out = `${family} daddr ${peer}${serviceMatch(service, there)}`;
  const into = `${family} saddr ${peer}${serviceMatch(service, back)}`;
  return [
    `table inet ${TRACE_TABLE} { flags owner;`,
    `set window { type mark; flags timeout; elements = { 0x00000000 timeout ${seconds}s }; };`,
    `chain early { type filter hook prerouting priority ${PRIORITY}; policy accept; ${mark(into)}; };`,
    `chain out { type filter hook output priority ${PRIORITY}; policy accept; ${mark(out)}; };`,
    "}",
  ].join(" ");
}

/** A constant looked up in a set whose only element has a timeout: nobody has to be alive for it to end. */
function mark(match: string): string {
  return `meta mark & 0x00000000 @window ${match} limit rate ${MOST_A_SECOND}/second burst ${MOST_A_SECOND} packets meta nftrace set 1`;
}

function serviceMatch(service: TraceQuestion["service"], port: string): string {
  if (service === undefined) return "";
  const { protocol, number } = service;
  const name = PORTS[protocol];
  if (name !== undefined) return ` ${name} ${port} ${number}`;
  if (protocol === PROTOCOLS.icmpv6) return " meta l4proto ipv6-icmp";
  return ` meta l4proto ${protocol}`;
}
