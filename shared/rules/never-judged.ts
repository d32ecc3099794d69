import { PROTOCOLS, type Service, type ServiceTerm, serviceHas } from "../net/service.ts";
import type { Direction } from "../policy/policy.ts";

/** Without these IPv6 does not work and paths have no known size (RFC 4861, RFC 3810, RFC 1191, RFC 8201), so no policy is asked about them. */
const FRAGMENTATION_NEEDED: ServiceTerm = { protocol: PROTOCOLS.icmp, low: 3 * 256 + 4, high: 3 * 256 + 4 };
const PACKET_TOO_BIG = icmpv6Types(2, 2);
const LISTENER_QUERY = icmpv6Types(130, 130);
/** Multicast listener report and done, router solicitation and advertisement, neighbour solicitation and advertisement. */
const DISCOVERY = icmpv6Types(131, 136);
const LISTENER_REPORT_2 = icmpv6Types(143, 143);

const BOTH_WAYS = [FRAGMENTATION_NEEDED, PACKET_TOO_BIG, DISCOVERY, LISTENER_REPORT_2];

/** Services that are always allowed, whatever the policy says. Hosts answer multicast listener queries and do not ask them. */
export const NEVER_JUDGED: Readonly<Record<Direction, Service>> = {
  egress: BOTH_WAYS,
  ingress: [FRAGMENTATION_NEEDED, PACKET_TOO_BIG, LISTENER_QUERY, DISCOVERY, LISTENER_REPORT_2],
};

/** Client's and server's port of DHCP (RFC 2131) and DHCPv6 (RFC 8415). */
const DHCP_PORTS = [
  { client: 68, server: 67 },
  { client: 546, server: 547 },
];

/** What a flow is called that is never judged; undefined for one that is. */
export function neverJudged(flow: {
  readonly direction: Direction;
  readonly protocol: number;
  readonly number: number;
  readonly sourcePort: number | undefined;
}): string | undefined {
  const { direction, protocol, number, sourcePort } = flow;
  if (protocol === PROTOCOLS.udp)
    return isDhcp(direction, sourcePort, number) ? "DHCP as a client" : undefined;
  if (protocol !== PROTOCOLS.icmp && protocol !== PROTOCOLS.icmpv6) return undefined;
  if (!serviceHas(NEVER_JUDGED[direction], protocol, number)) return undefined;
  return protocol === PROTOCOLS.icmp || number >> 8 === 2
    ? "path MTU discovery"
    : "IPv6 neighbour, router and multicast listener discovery";
}

function isDhcp(direction: Direction, sourcePort: number | undefined, port: number): boolean {
  return DHCP_PORTS.some(({ client, server }) =>
    direction === "egress"
      ? sourcePort === client && port === server
      : sourcePort === server && port === client,
  );
}

function icmpv6Types(first: number, last: number): ServiceTerm {
  return { protocol: PROTOCOLS.icmpv6, low: first * 256, high: last * 256 + 255 };
}
