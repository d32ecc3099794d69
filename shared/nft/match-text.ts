import type { AddressOperand, FlowEnd, Match } from "./ruleset.ts";

/** One match in nft's language. */
export function renderMatch(match: Match): string {
  switch (match.kind) {
    case "flow-address":
      return `ct original ${match.family === 4 ? "ip" : "ip6"} ${END[match.end]} ${operand(match.in)}`;
    case "protocol":
      return `meta l4proto ${PROTOCOL[match.protocol] ?? match.protocol}`;
    case "not-tcp":
      return "meta l4proto != tcp";
    case "number":
      return `ct original proto-dst ${interval(match.low, match.high)}`;
    case "flow-state":
      return `ct state ${match.states.join(",")}`;
    case "reply":
      return "ct direction reply";
    case "stamped":
      return `ct mark & ${hex(match.stamp.mask)} == ${hex(match.stamp.value)}`;
    case "loopback":
      return match.side === "in" ? "meta iiftype loopback" : "meta oiftype loopback";
    case "icmp-error":
      return "meta l4proto { icmp, ipv6-icmp }";
    case "neighbour-discovery":
      // RFC 4861 6.1, 7.1: a hop limit of 255 proves that the sender is on this link.
      return "ip6 hoplimit 255 icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert }";
    case "listener-report":
      // RFC 2710 and 3810: never routed, so a hop limit of 1.
      return `ip6 hoplimit 1 icmpv6 type { ${LISTENERS[match.side]} }`;
    case "path-mtu":
      return match.family === 4
        ? "icmp type destination-unreachable icmp code frag-needed"
        : "icmpv6 type packet-too-big";
    case "udp-pair":
      return `meta nfproto ipv${match.family} udp sport ${match.source} udp dport ${match.destination}`;
    case "before":
      return `meta time < "${utc(match.time)}"`;
    case "cgroup":
      return `socket cgroupv2 level ${match.level} @${match.set}`;
    case "account":
      return `meta skuid @${match.set}`;
    case "timer":
      // A constant: whatever the packet, it is looked up as 0.
      return `meta mark & 0x00000000 @${match.set}`;
  }
}

const REPORTS = "mld-listener-report, mld-listener-done, mld2-listener-report";
const LISTENERS = { in: `mld-listener-query, ${REPORTS}`, out: REPORTS } as const;

const END: Readonly<Record<FlowEnd, string>> = { source: "saddr", destination: "daddr" };

/** By the names that nft 1.0.6 prints without asking /etc/protocols. */
const PROTOCOL: Readonly<Record<number, string>> = {
  1: "icmp",
  6: "tcp",
  17: "udp",
  58: "ipv6-icmp",
  132: "sctp",
};

function operand(address: AddressOperand): string {
  return "set" in address ? `@${address.set}` : address.block;
}

/** `443`, or `6432-6439`. */
export function interval(low: number, high: number): string {
  return low === high ? String(low) : `${low}-${high}`;
}

export function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

/** nft is run with TZ=UTC and reads whole seconds. An expiry in the middle of a second comes at its beginning: never late. */
function utc(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
}
