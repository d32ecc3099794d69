import { closeDescriptor, rawSocket, sendRaw } from "./libc.ts";
import type { TransmitRequest } from "./requests.ts";
import type { Family } from "./socket-address.ts";

/** Sends packets that were written whole, in their order. */
export function transmitAll(packets: readonly TransmitRequest[]): string[] {
  const sockets = new Map<Family, number>();
  const socketFor = (family: Family) => {
    const socket = sockets.get(family) ?? rawSocket(family);
    sockets.set(family, socket);
    return socket;
  };
  try {
    return packets.map(({ packet, destination }) =>
      sendRaw(socketFor(destination.includes(":") ? 6 : 4), Buffer.from(packet, "base64"), destination),
    );
  } finally {
    for (const socket of sockets.values()) closeDescriptor(socket);
  }
}
