/**
 * Connections that began before conntrack ran. Their next packet makes an entry whose direction is that of this packet, so a server that
 * speaks first would look like a caller. The sockets know better: a port that somebody listens on was called.
 */

import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { ConntrackEntry, ConntrackRoom, Kernel, Socket, SocketRoom, Tuple } from "../kernel/kernel.ts";
import { isListenedOn, keyOf, oriented, reversed } from "./connections.ts";

/** How often an entry that packets keep making the wrong way round is removed and made again. */
const ATTEMPTS = 5;

/** The connected sockets' flows, in the direction in which they began. */
export function connectedFlows(sockets: ReturnType<SocketRoom["dump"]>): readonly Tuple[] {
  return sockets
    .filter(
      ({ state, remoteAddress }) => (state === "connected" || state === "closing") && remoteAddress !== "",
    )
    .filter(({ remoteAddress }) => !remoteAddress.startsWith("127.") && remoteAddress !== "::1")
    .map((socket) => oriented(socket, isListenedOn(socket, sockets) ? "ingress" : "egress"));
}

/**
 * Tells conntrack of every flow that it did not know `before` it was made to run, and mends those that it has picked up the wrong way round since.
 * Gives the number of flows that conntrack knows the right way now.
 */
export function adopt(
  flows: readonly Tuple[],
  before: readonly ConntrackEntry[],
  conntrack: ConntrackRoom,
): number {
  // Whatever looks at rules about connections, `nft --check` included, makes conntrack run for a moment, which is enough to pick up a connection.
  const seenBegin = before.filter(({ pickedUp }) => !pickedUp);
  const known = new Set(seenBegin.flatMap((entry) => [keyOf(entry), keyOf(reversed(entry))]));
  return flows.filter((flow) => !known.has(keyOf(flow)) && adoptOne(flow, conntrack)).length;
}

/** Whether datagrams may be under way to or from other hosts: then it is worth to see which, before anything is judged. */
export function awaitsDatagrams(sockets: readonly Socket[]): boolean {
  return sockets.some(
    ({ protocol, localAddress }) => protocol === PROTOCOLS.udp && !isLoopback(localAddress),
  );
}

/**
 * Mends UDP entries that nobody has judged yet and that look the wrong way round. A socket for datagrams does not say who began; ports do, mostly: a port that the kernel gives to callers
 * called one that it does not.
 */
export function adoptDatagrams(kernel: Pick<Kernel, "conntrack" | "host">): void {
  const here = new Set(kernel.host.addresses());
  const [low, high] = kernel.host.callerPorts();
  const isCaller = (port: number) => port >= low && port <= high;
  for (const entry of kernel.conntrack.dump().entries) {
    if (entry.protocol !== PROTOCOLS.udp || entry.mark !== 0) continue;
    if (here.has(entry.source) === here.has(entry.destination)) continue;
    if (!isCaller(entry.sourcePort) && isCaller(entry.service)) adoptOne(reversed(entry), kernel.conntrack);
  }
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

function adoptOne(flow: Tuple, conntrack: ConntrackRoom): boolean {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (conntrack.create(flow)) return true;
    // There is one already: removed if it is the wrong way round, and then the way is free unless a packet was quicker. Else it is the right one.
    if (!conntrack.delete(reversed(flow))) return true;
  }
  return false;
}
