/** The fake of sock_diag: the sockets that a test puts there. */

import type { Socket, SocketEnds, SocketRoom } from "../kernel.ts";
import type { Knobs } from "./knobs.ts";

export function fakeSocketRoom(knobs: Knobs): SocketRoom {
  return {
    dump: () => knobs.sockets,
    finder: () => ({
      find: (ends) => knobs.sockets.find(isConnected(ends)) ?? knobs.sockets.find(isWaiting(ends)),
      [Symbol.dispose]: () => {},
    }),
  };
}

function isConnected(ends: SocketEnds): (socket: Socket) => boolean {
  return (socket) =>
    socket.protocol === ends.protocol &&
    socket.localAddress === ends.localAddress &&
    socket.localPort === ends.localPort &&
    socket.remoteAddress === ends.remoteAddress &&
    socket.remotePort === ends.remotePort;
}

/** Listening or unconnected, on the address or on all of them. An IPv6 socket may serve IPv4 as well. */
function isWaiting(ends: SocketEnds): (socket: Socket) => boolean {
  const everywhere = ends.localAddress.includes(":") ? ["::"] : ["0.0.0.0", "::"];
  return (socket) =>
    socket.protocol === ends.protocol &&
    socket.localPort === ends.localPort &&
    socket.remotePort === 0 &&
    [ends.localAddress, ...everywhere].includes(socket.localAddress);
}
