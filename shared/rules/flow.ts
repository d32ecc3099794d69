/** A flow is its first packet. It is judged at most twice: for egress on the source's host, for ingress on the destination's. */

import type { Direction } from "../policy/policy.ts";

/** What both judgements see of a flow. */
export interface Packet {
  /** An address, or a DNS name where the address is not known; as text of any form. */
  readonly source: string;
  readonly destination: string;
  /** IANA protocol number. */
  readonly protocol: number;
  /** The destination port, ICMP type * 256 + code, or 0; see `ServiceTerm`. */
  readonly number: number;
  /** Tells a DHCP client's traffic from all else; without it there is no such exception. */
  readonly sourcePort?: number;
  /** Milliseconds since 1970-01-01T00:00Z; without it no rule has expired. */
  readonly now?: number;
}

/** A flow as one host sees it. */
export interface HostFlow extends Packet {
  readonly direction: Direction;
  /** The systemd unit of the process on this host; without it, rules for units do not match. */
  readonly unit?: string;
  /** The account of the process on this host (egress only); without it, rules for accounts do not match. */
  readonly user?: string;
  /** DNS names that resolve to the other end's address, where the host knows them. */
  readonly peerNames?: readonly string[];
  /** What to call the other end in words, instead of its address. */
  readonly peerLabel?: string;
}

/** A flow from end to end. */
export interface Flow extends Packet {
  /** The systemd unit and the account of the process that sends. */
  readonly unit?: string;
  readonly user?: string;
  /** The systemd unit that listens. Without it, the answer is what the luckiest listener would get. */
  readonly listener?: string;
}
