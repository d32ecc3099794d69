/** The sockets of this network namespace, by sock_diag (linux/inet_diag.h; `man 7 sock_diag`). */

import type { Socket, SocketRoom } from "../kernel.ts";
import { readSocketAddress } from "./address-bytes.ts";
import { dump } from "./conversation.ts";
import { attributesOf, type Message } from "./message-reader.ts";
import { NetlinkWriter, NLM_F_DUMP, NLM_F_REQUEST } from "./netlink-writer.ts";
import { AF_INET, AF_INET6, TCP, UDP } from "./protocol-numbers.ts";
import type { NetlinkTransport, WithTransport } from "./transport.ts";

export const SOCK_DIAG_BY_FAMILY = 20;
export const INET_DIAG_CGROUP_ID = 21;
/** sizeof(struct inet_diag_req_v2), sizeof(struct inet_diag_msg). */
export const REQUEST_BYTES = 56;
export const ANSWER_BYTES = 72;
/** Offsets in struct inet_diag_msg. */
export const AT = {
  state: 1,
  sourcePort: 4,
  destinationPort: 6,
  source: 8,
  destination: 24,
  uid: 64,
  inode: 68,
} as const;

/** States of TCP (net/tcp_states.h). UDP sockets are 1 with a peer and 7 without. */
const STATES: Readonly<Record<number, Socket["state"]>> = {
  1: "connected",
  2: "connecting",
  3: "connecting",
  4: "closing",
  5: "closing",
  7: "unconnected",
  8: "closing",
  9: "closing",
  10: "listening",
  11: "closing",
  12: "connecting",
};
const ALL_STATES = 0xffffffff;
const TIME_WAIT = 6;
const SEQUENCE = 1;

/** That part of the room which needs nothing but to ask once. */
export function socketDumps(withTransport: WithTransport): Pick<SocketRoom, "dump"> {
  return {
    dump: () =>
      [TCP, UDP].flatMap((protocol) =>
        [AF_INET, AF_INET6].flatMap((family) =>
          withTransport((transport) => dumpSockets(transport, protocol, family)),
        ),
      ),
  };
}

function dumpSockets(transport: NetlinkTransport, protocol: number, family: number): readonly Socket[] {
  let sockets: Socket[] = [];
  const visit = (message: Message) => {
    const socket = readSocket(message, protocol);
    if (socket !== undefined) sockets.push(socket);
  };
  const restart = () => {
    sockets = [];
  };
  dump(transport, { messages: writeRequest(protocol, family), sequence: SEQUENCE }, { visit, restart });
  return sockets;
}

/** Asks for the sockets of this protocol and address family in every state but TIME_WAIT. */
function writeRequest(protocol: number, family: number): Uint8Array {
  const writer = new NetlinkWriter();
  const body = new Uint8Array(REQUEST_BYTES);
  body[0] = family;
  body[1] = protocol;
  new DataView(body.buffer).setUint32(4, (ALL_STATES & ~(1 << TIME_WAIT)) >>> 0, true);
  writer.message({ type: SOCK_DIAG_BY_FAMILY, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence: SEQUENCE }, () =>
    writer.raw(body),
  );
  return writer.written();
}

/** Reads struct inet_diag_msg and its attributes; undefined for a state that is none of ours. Throws `kernel/netlink-malformed`. */
export function readSocket(message: Message, protocol: number): Socket | undefined {
  const { view, start } = message;
  const reader = attributesOf(message, ANSWER_BYTES);
  reader.finish("a socket");
  const state = STATES[view.getUint8(start + AT.state)];
  if (state === undefined) return undefined;
  let cgroup: string | undefined;
  while (reader.next()) if (reader.type === INET_DIAG_CGROUP_ID) cgroup = String(reader.u64());
  reader.finish("a socket");
  const length = view.getUint8(start) === AF_INET ? 4 : 16;
  const remotePort = view.getUint16(start + AT.destinationPort);
  return {
    protocol,
    state,
    localAddress: readSocketAddress(view, start + AT.source, length),
    localPort: view.getUint16(start + AT.sourcePort),
    remoteAddress: remotePort === 0 ? "" : readSocketAddress(view, start + AT.destination, length),
    remotePort,
    uid: view.getUint32(start + AT.uid, true),
    inode: view.getUint32(start + AT.inode, true),
    ...(cgroup === undefined ? {} : { cgroupId: cgroup }),
  };
}
