/** One socket by its ends, by sock_diag without a dump (linux/inet_diag.h): the kernel looks it up as it does for a packet. */

import { networkInterfaces } from "node:os";
import type { Socket, SocketEnds, SocketFinder } from "../kernel.ts";
import { writeIpv4, writeIpv6 } from "./address-bytes.ts";
import { refused, timedOut } from "./conversation.ts";
import { ENOENT } from "./errno.ts";
import { NLMSG_ERROR, readAcknowledgement, readMessages } from "./message-reader.ts";
import { NLM_F_REQUEST } from "./netlink-writer.ts";
import { AF_INET, AF_INET6, UDP } from "./protocol-numbers.ts";
import { REQUEST_BYTES, readSocket, SOCK_DIAG_BY_FAMILY } from "./socket-diagnosis.ts";
import type { NetlinkTransport } from "./transport.ts";

const HEADER = 16;
/** Offsets in struct inet_diag_req_v2, behind the message's header. */
const AT = {
  family: HEADER,
  protocol: HEADER + 1,
  states: HEADER + 4,
  sourcePort: HEADER + 8,
  destinationPort: HEADER + 10,
  source: HEADER + 12,
  destination: HEADER + 28,
  interface: HEADER + 44,
  cookie: HEADER + 48,
} as const;
const ALL_STATES = 0xffffffff;
const ADDRESS_BYTES = 16;
/** The kernel answers while it takes the request. This is for a machine that stands still. */
const PATIENCE_MILLISECONDS = 5_000;

/** No interface: for sockets that are bound to none. */
const ANYWHERE: readonly number[] = [0];

export class NetlinkSocketFinder implements SocketFinder {
  readonly #transport: NetlinkTransport & Disposable;
  /** One request, written over by the next. */
  readonly #request = new Uint8Array(HEADER + REQUEST_BYTES);
  readonly #view = new DataView(this.#request.buffer);
  #sequence = 0;

  /** Takes the transport over. */
  constructor(transport: NetlinkTransport & Disposable) {
    this.#transport = transport;
    this.#view.setUint32(0, this.#request.length, true);
    this.#view.setUint16(4, SOCK_DIAG_BY_FAMILY, true);
    this.#view.setUint16(6, NLM_F_REQUEST, true);
    this.#view.setUint32(AT.states, ALL_STATES, true);
    // INET_DIAG_NOCOOKIE: whichever socket it is.
    this.#request.fill(0xff, AT.cookie, AT.cookie + 8);
  }

  find(ends: SocketEnds): Socket | undefined {
    return scopesOf(ends.localAddress)
      .values()
      .map((scope) => this.#findOn(scope, ends))
      .find((found) => found !== undefined);
  }

  #findOn(scope: number, ends: SocketEnds): Socket | undefined {
    this.#view.setUint32(AT.interface, scope, true);
    const found = this.#ask(ends);
    // Until the connection is made there is no socket yet, only the kernel's note of a call, which bears neither owner nor cgroup.
    const isNote = found?.state === "connecting" && found.inode === 0 && found.cgroupId === undefined;
    return isNote ? this.#ask({ ...ends, remoteAddress: "", remotePort: 0 }) : found;
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }

  #ask(ends: SocketEnds): Socket | undefined {
    if (!this.#write(ends)) return undefined;
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#view.setUint32(8, this.#sequence, true);
    this.#transport.send(this.#request);
    for (;;) {
      const datagram = this.#transport.receive(PATIENCE_MILLISECONDS);
      if (datagram === undefined) throw timedOut(PATIENCE_MILLISECONDS);
      // A lost answer leaves nothing to wait for, but nothing is lost as long as each question waits for its answer.
      if (datagram === "overrun") continue;
      for (const message of readMessages(datagram)) {
        if (message.sequence !== this.#sequence) continue;
        if (message.type !== NLMSG_ERROR) return readSocket(message, ends.protocol);
        const { errno, words } = readAcknowledgement(message);
        if (errno === ENOENT) return undefined;
        throw refused("a socket cannot be asked about", errno, words);
      }
    }
  }

  /** False where an address is none, or the two are of different families. */
  #write(ends: SocketEnds): boolean {
    const { protocol, localAddress, localPort, remoteAddress, remotePort } = ends;
    const family = localAddress.includes(":") ? AF_INET6 : AF_INET;
    this.#request[AT.family] = family;
    this.#request[AT.protocol] = protocol;
    // For UDP the kernel takes them the other way round, "for historical reasons" (udp_diag.c): as those of a packet that comes in.
    const [local, localPortAt, remote, remotePortAt] =
      protocol === UDP
        ? [AT.destination, AT.destinationPort, AT.source, AT.sourcePort]
        : [AT.source, AT.sourcePort, AT.destination, AT.destinationPort];
    this.#view.setUint16(localPortAt, localPort);
    this.#view.setUint16(remotePortAt, remotePort);
    this.#request.fill(0, AT.source, AT.destination + ADDRESS_BYTES);
    const write = family === AF_INET ? writeIpv4 : writeIpv6;
    if (!write(localAddress, this.#request, local)) return false;
    return remoteAddress === "" || write(remoteAddress, this.#request, remote);
  }
}

/** The interfaces that bear this address, where the kernel wants to know it: connections of link-local addresses belong to their interface. */
function scopesOf(address: string): readonly number[] {
  if (!/^fe[89ab]/.test(address)) return ANYWHERE;
  const scopes = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.address === address)
    .map((one) => one?.scopeid ?? 0);
  return scopes.length === 0 ? ANYWHERE : scopes;
}
