/** Sockets without Node between them and the kernel: what is measured shall be the kernel, not an event loop. Linux, 64 bits. */

import koffi from "koffi";
import { addressBytes, socketAddress } from "../../estate/worker/socket-address.ts";

const libc = koffi.load(null);
const call = {
  socket: libc.func("int socket(int, int, int)"),
  setsockopt: libc.func("int setsockopt(int, int, int, const void *, unsigned int)"),
  bind: libc.func("int bind(int, const void *, unsigned int)"),
  listen: libc.func("int listen(int, int)"),
  accept4: libc.func("int accept4(int, void *, void *, int)"),
  connect: libc.func("int connect(int, const void *, unsigned int)"),
  send: libc.func("long send(int, const void *, size_t, int)"),
  recv: libc.func("long recv(int, void *, size_t, int)"),
  sendmmsg: libc.func("int sendmmsg(int, void *, unsigned int, int)"),
  close: libc.func("int close(int)"),
};

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const IPPROTO_RAW = 255;
const IPPROTO_UDP = 17;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_RCVBUF = 8;
const SO_LINGER = 13;
/** struct linger { on: 1, seconds: 0 }: closing sends a reset, which leaves no TIME_WAIT behind. */
const RESET_ON_CLOSE = Int32Array.of(1, 0);
const ON = Int32Array.of(1);

function check(what: string, result: number): number {
  if (result < 0) throw new Error(`${what}: errno ${koffi.errno()}`);
  return result;
}

/** A sockaddr_in. */
export function ending(address: string, port: number): Buffer {
  const bytes = socketAddress(address);
  bytes.writeUInt16BE(port, 2);
  return bytes;
}

const MESSAGE = Buffer.alloc(200, ".");
const received = Buffer.alloc(4096);

/** Takes connections and does with each what `serve` does, for ever. */
export function acceptForever(port: number, serve: (connection: number) => void, ready: () => void): never {
  const listening = check("socket", call.socket(AF_INET, SOCK_STREAM, 0));
  check("setsockopt", call.setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, ON, 4));
  const address = ending("0.0.0.0", port);
  check("bind", call.bind(listening, address, address.length));
  check("listen", call.listen(listening, 4096));
  ready();
  for (;;) serve(check("accept", call.accept4(listening, null, null, 0)));
}

export function close(connection: number): void {
  call.close(connection);
}

/** Reads a request, answers it, and closes. */
export function answer(connection: number): void {
  if (call.recv(connection, received, received.length, 0) > 0)
    call.send(connection, MESSAGE, MESSAGE.length, 0);
  call.close(connection);
}

function connectTo(to: Buffer): number {
  const descriptor = check("socket", call.socket(AF_INET, SOCK_STREAM, 0));
  call.setsockopt(descriptor, SOL_SOCKET, SO_LINGER, RESET_ON_CLOSE, 8);
  check("connect", call.connect(descriptor, to, to.length));
  return descriptor;
}

/** Opens a connection and resets it: a handshake and the work of both ends for it. */
export function connectOnce(to: Buffer): void {
  call.close(connectTo(to));
}

/** Opens a connection, asks, waits for the answer, and resets it: the least that a connection is made for. */
export function askOnce(to: Buffer): void {
  const descriptor = connectTo(to);
  check("send", call.send(descriptor, MESSAGE, MESSAGE.length, 0));
  check("recv", call.recv(descriptor, received, received.length, 0));
  call.close(descriptor);
}

/** A bound UDP socket that nobody reads: the kernel delivers to it and drops, without an answer. */
export function silentSocket(port: number): void {
  const descriptor = check("socket", call.socket(AF_INET, SOCK_DGRAM, 0));
  call.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, ON, 4);
  const address = ending("0.0.0.0", port);
  check("bind", call.bind(descriptor, address, address.length));
}

const IP_BYTES = 20;
const PACKET_BYTES = IP_BYTES + 8;
const MMSGHDR_BYTES = 64;
const IOVEC_BYTES = 16;
const SOURCE_OFFSET = 12;
/** 100.64.0.0/10, which is nobody's in an estate. */
const OTHERS = 0x64400000;
const OTHERS_COUNT = 2 ** 22;

/** Batches of UDP datagrams with headers of our own, so that each can be a flow of its own. */
export class PacketBatch {
  readonly #descriptor: number;
  readonly #packets: Buffer;
  readonly #headers: Buffer;
  readonly #vectors: Buffer;
  readonly count: number;
  readonly destination: string;

  constructor(count: number, ends: { source: string; destination: string; port: number }) {
    this.count = count;
    this.destination = ends.destination;
    this.#descriptor = check("socket", call.socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
    this.#packets = Buffer.alloc(count * PACKET_BYTES);
    this.#vectors = Buffer.alloc(count * IOVEC_BYTES);
    this.#headers = Buffer.alloc(count * MMSGHDR_BYTES);
    const to = ending(ends.destination, 0);
    check("connect", call.connect(this.#descriptor, to, to.length));
    this.#lay(ends);
  }

  /** Gives every packet the next source port from `first` on, then sends them all. */
  send(first: number, step: 0 | 1): void {
    for (let n = 0; n < this.count; n += 1)
      this.#packets.writeUInt16BE(first + n * step, n * PACKET_BYTES + IP_BYTES);
    for (let sent = 0; sent < this.count; ) {
      const rest = sent === 0 ? this.#headers : this.#headers.subarray(sent * MMSGHDR_BYTES);
      sent += check("sendmmsg", call.sendmmsg(this.#descriptor, rest, this.count - sent, 0));
    }
  }

  /** From now on every packet has its own source: the next addresses of 100.64.0.0/10, from the `first` on. */
  fromOthers(first: number): void {
    for (let n = 0; n < this.count; n += 1)
      this.#packets.writeUInt32BE(OTHERS + ((first + n) % OTHERS_COUNT), n * PACKET_BYTES + SOURCE_OFFSET);
  }

  close(): void {
    call.close(this.#descriptor);
  }

  #lay({ source, destination, port }: { source: string; destination: string; port: number }): void {
    const packet = Buffer.alloc(PACKET_BYTES);
    packet.writeUInt8(0x45, 0);
    packet.writeUInt16BE(PACKET_BYTES, 2);
    packet.writeUInt8(64, 8);
    packet.writeUInt8(IPPROTO_UDP, 9);
    addressBytes(source).copy(packet, SOURCE_OFFSET);
    addressBytes(destination).copy(packet, 16);
    packet.writeUInt16BE(port, IP_BYTES + 2);
    packet.writeUInt16BE(PACKET_BYTES - IP_BYTES, IP_BYTES + 4);
    const packets = koffi.address(this.#packets);
    const vectors = koffi.address(this.#vectors);
    for (let n = 0; n < this.count; n += 1) {
      packet.copy(this.#packets, n * PACKET_BYTES);
      this.#vectors.writeBigUInt64LE(packets + BigInt(n * PACKET_BYTES), n * IOVEC_BYTES);
      this.#vectors.writeBigUInt64LE(BigInt(PACKET_BYTES), n * IOVEC_BYTES + 8);
      // struct msghdr: name, namelen (padded), iov, iovlen, control, controllen, flags.
      this.#headers.writeBigUInt64LE(vectors + BigInt(n * IOVEC_BYTES), n * MMSGHDR_BYTES + 16);
      this.#headers.writeBigUInt64LE(1n, n * MMSGHDR_BYTES + 24);
    }
  }
}
