/** The few calls of libc that Node does not offer: ping sockets, and packets written whole. */

import koffi from "koffi";
import { type Family, socketAddress } from "./socket-address.ts";

const libc = koffi.load("libc.so.6");
const call = {
  socket: libc.func("int socket(int domain, int type, int protocol)"),
  bind: libc.func("int bind(int fd, const uint8_t *address, uint32_t length)"),
  sendto: libc.func(
    "long sendto(int fd, const uint8_t *bytes, size_t length, int flags, const uint8_t *address, uint32_t addressLength)",
  ),
  setsockopt: libc.func("int setsockopt(int fd, int level, int name, const int *value, uint32_t length)"),
  connect: libc.func("int connect(int fd, const uint8_t *address, uint32_t length)"),
  sendmmsg: libc.func("int sendmmsg(int fd, uint8_t *messages, unsigned int count, int flags)"),
  close: libc.func("int close(int fd)"),
};

/** struct mmsghdr of a 64-bit Linux: 56 bytes of msghdr, the length sent, padding. */
const MMSGHDR_BYTES = 64;
const BATCH = 64;

const AF = { 4: 2, 6: 10 } as const;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const ICMP = { 4: 1, 6: 58 } as const;
const IPPROTO_RAW = 255;
const SOL_SOCKET = 1;
const SO_BROADCAST = 6;

/**
 * A socket that sends echo requests without rights (net.ipv4.ping_group_range) from one address to another. It is connected, because only such a one hears of
 * ICMPv6 errors.
 */
export function pingSocket(source: string, destination: string): number {
  const family = destination.includes(":") ? 6 : 4;
  const descriptor = check("socket", call.socket(AF[family], SOCK_DGRAM | SOCK_CLOEXEC, ICMP[family]));
  const [from, to] = [socketAddress(source), socketAddress(destination)];
  check("bind", call.bind(descriptor, from, from.length));
  check("connect", call.connect(descriptor, to, to.length));
  return descriptor;
}

/** A socket that takes packets with their IP header, broadcasts too. */
export function rawSocket(family: Family): number {
  const descriptor = check("socket", call.socket(AF[family], SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  check("setsockopt", call.setsockopt(descriptor, SOL_SOCKET, SO_BROADCAST, [1], 4));
  return descriptor;
}

/** A connected UDP socket; each call sends a batch of datagrams and says how many were tried, refused ones included. */
export function floodSocket(source: string, destination: string, port: number): () => number {
  const family = destination.includes(":") ? 6 : 4;
  const descriptor = check("socket", call.socket(AF[family], SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const [from, to] = [socketAddress(source), socketAddress(destination)];
  to.writeUInt16BE(port, 2);
  check("bind", call.bind(descriptor, from, from.length));
  check("connect", call.connect(descriptor, to, to.length));
  // Messages without any payload: all pointers of the headers stay null.
  const messages = Buffer.alloc(MMSGHDR_BYTES * BATCH);
  return () => {
    // The first refused datagram ends a batch, and a pending ICMP error ends it before the first.
    const sent = call.sendmmsg(descriptor, messages, BATCH, 0);
    return sent > 0 ? sent : 1;
  };
}

/** `sent`, or the error's name. */
export function sendRaw(descriptor: number, packet: Buffer, destination: string): string {
  const address = socketAddress(destination);
  const sent = call.sendto(descriptor, packet, packet.length, 0, address, address.length);
  return sent < 0 ? errnoName() : "sent";
}

const AF_NETLINK = 16;
const NETLINK_NETFILTER = 12;
/** NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE: without a tuple it means all (linux/netfilter/nfnetlink_conntrack.h). */
const DELETE_ALL_FLOWS = 0x102;
const NLM_F_REQUEST = 1;

/** Makes conntrack forget all flows of this network namespace. The kernel has done it when the call returns. */
export function forgetFlows(): void {
  const message = Buffer.alloc(20);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(DELETE_ALL_FLOWS, 4);
  message.writeUInt16LE(NLM_F_REQUEST, 6);
  const kernel = Buffer.alloc(12);
  kernel.writeUInt16LE(AF_NETLINK, 0);
  const descriptor = check("socket", call.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
  check("sendto", call.sendto(descriptor, message, message.length, 0, kernel, kernel.length));
  call.close(descriptor);
}

export function closeDescriptor(descriptor: number): void {
  call.close(descriptor);
}

function check(what: string, result: number): number {
  if (result < 0) throw new Error(`${what}: ${errnoName()}`);
  return result;
}

function errnoName(): string {
  const number = koffi.errno();
  return Object.entries(koffi.os.errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
}
