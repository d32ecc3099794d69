/**
 * What a flow is addressed to on its destination: an IP protocol and, inside it, a 16-bit number.
 *
 * That number is the destination port for TCP (6), UDP (17) and SCTP (132), and `type * 256 + code` for ICMP (1) and ICMPv6 (58),
 * which is also how conntrack keeps it (`ct original proto-dst`). For every other protocol it is always 0.
 * So ports, port ranges and ICMP types are all intervals of one kind.
 */
export interface ServiceTerm {
  /** IANA protocol number, 0 to 255. */
  readonly protocol: number;
  /** Lowest and highest number that match, 0 ≤ low ≤ high ≤ 65535; 0 to 65535 is the whole protocol. */
  readonly low: number;
  readonly high: number;
}

/** A normalized service: either everything, or terms that are sorted, disjoint and not adjacent. */
export type Service = "all" | readonly ServiceTerm[];
