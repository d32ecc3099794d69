/** Attempts of protocols that no socket speaks here: one packet written by hand, and a witness behind our table who saw it or did not. */

import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { Host } from "../estate/host.ts";
import { icmpMessage, packet, sctpInit } from "../estate/packet.ts";
import type { Attempt, Fate } from "./attempt.ts";

export interface Route {
  readonly from: Host;
  readonly to: Host;
}

/** Sends the attempt's packet and waits up to `timeout` milliseconds for the witness. */
export async function transmitAttempt(attempt: Attempt, { from, to }: Route, timeout: number): Promise<Fate> {
  await to.run(["nft", "-f", "-"], { input: witness(attempt) });
  // Without ports all packets of a protocol between two hosts are one flow for conntrack, and this one would be part of the one before.
  await Promise.all([from.forgetFlows(), to.forgetFlows()]);
  const { destination } = attempt;
  const [answer] = await from.transmit([{ bytes: packetOf(attempt), destination }]);
  if (answer === "EPERM") return "prohibited";
  if (answer !== "sent") throw new Error(`could not send from ${from.name}: ${answer}`);
  return (await isSeen(to, timeout)) ? "connected" : "timeout";
}

/** A foreign table after ours on the way in: what it counts, ours has let pass. */
function witness({ source, destination, flow }: Attempt): string {
  const family = destination.includes(":") ? "ip6" : "ip";
  return `table inet witness
delete table inet witness
table inet witness {
  chain input {
    type filter hook input priority filter + 50
    ${family} saddr ${source} ${family} daddr ${destination} meta l4proto ${flow.protocol} counter
  }
}
`;
}

async function isSeen(host: Host, timeout: number): Promise<boolean> {
  const until = performance.now() + timeout;
  do {
    const listing = await host.run(["nft", "list", "table", "inet", "witness"]);
    if (/counter packets [1-9]/.test(listing)) return true;
  } while (performance.now() < until);
  return false;
}

function packetOf({ flow, source, destination }: Attempt): Buffer {
  const { protocol, number } = flow;
  const flight = { source, destination, hops: hopsOf(protocol, number >> 8) };
  return packet(flight, protocol, payloadOf(protocol, number, flight));
}

/** Neighbour discovery has 255 hops left, or is no neighbour's (RFC 4861); listener reports have 1 (RFC 3810). */
function hopsOf(protocol: number, type: number): number {
  if (protocol !== PROTOCOLS.icmpv6) return 64;
  if (type >= 133 && type <= 137) return 255;
  return (type >= 130 && type <= 132) || type === 143 ? 1 : 64;
}

function payloadOf(
  protocol: number,
  number: number,
  flight: { source: string; destination: string },
): Buffer {
  switch (protocol) {
    case PROTOCOLS.icmp:
    case PROTOCOLS.icmpv6:
      return icmpMessage(flight, number >> 8, number & 0xff, Buffer.alloc(20));
    case PROTOCOLS.sctp:
      return sctpInit([40_000, number]);
    default:
      return Buffer.alloc(16);
  }
}
