/** The one door through which netlink sockets are opened. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { EAGAIN, EINTR, EMSGSIZE, ENOBUFS, EPERM, errnoName } from "./errno.ts";
import * as libc from "./libc.ts";
import type { NetlinkTransport, Protocol } from "./transport.ts";

/** Dumps come in datagrams of at most 32 KiB, acknowledgements (without what they acknowledge) are tiny. */
const DATAGRAM_BYTES = 64 * 1024;
/** What the kernel adds to a message when it counts it against the send buffer. */
const SEND_OVERHEAD = 4096;
/** struct sockaddr_nl without a port id and groups. */
const ANY_ADDRESS = Uint8Array.of(libc.AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** A netlink socket in this thread's network namespace. Never blocks but in `receive`, and there no longer than asked. */
export class NetlinkSocket implements NetlinkTransport {
  readonly #fd: number;
  #datagram: Uint8Array | undefined;
  #sendBuffer = 0;

  /** With room for this many bytes of what the kernel sends, as far as it may have it. Throws `kernel/netlink-failed`. */
  constructor(protocol: Protocol, receiveBytes = 1024 * 1024) {
    const type = libc.SOCK_RAW | libc.SOCK_CLOEXEC | libc.SOCK_NONBLOCK;
    this.#fd = libc.socket(libc.AF_NETLINK, type, protocol);
    if (this.#fd < 0) throw failed("opening a netlink socket", libc.lastErrno());
    // Acknowledgements with the place of an error, and without a copy of what was sent. Both are 4.12 or older: no need to look.
    this.#set(libc.SOL_NETLINK, libc.NETLINK_EXT_ACK, 1);
    this.#set(libc.SOL_NETLINK, libc.NETLINK_CAP_ACK, 1);
    this.#enlarge({ force: libc.SO_RCVBUFFORCE, plain: libc.SO_RCVBUF }, receiveBytes);
  }

  /** To wait on, and for reading many datagrams at once. */
  get descriptor(): number {
    return this.#fd;
  }

  /** From now on, the kernel tells this socket what it tells these multicast groups. Once only. Throws `kernel/netlink-failed` or `kernel/no-permission`. */
  join(groups: readonly number[]): void {
    // The kernel passes over sockets without an address; zeros let it choose one.
    if (libc.bind(this.#fd, ANY_ADDRESS, ANY_ADDRESS.length) < 0)
      throw failed("binding a netlink socket", libc.lastErrno());
    for (const group of groups)
      if (!this.#set(libc.SOL_NETLINK, libc.NETLINK_ADD_MEMBERSHIP, group))
        throw failed(`joining group ${group}`, libc.lastErrno());
  }

  send(messages: Uint8Array): void {
    this.#reserve(messages.length + SEND_OVERHEAD);
    for (;;) {
      const sent = libc.send(this.#fd, messages, messages.length, 0);
      if (sent === messages.length) return;
      const errno = sent < 0 ? libc.lastErrno() : 0;
      if (errno !== EINTR) throw failed(`sending ${messages.length} bytes`, errno);
    }
  }

  receive(milliseconds: number): Uint8Array | "overrun" | undefined {
    // Sockets that only listen have other memory for it.
    this.#datagram ??= Buffer.allocUnsafeSlow(DATAGRAM_BYTES);
    const length = libc.recv(this.#fd, this.#datagram, DATAGRAM_BYTES, libc.MSG_TRUNC);
    if (length > DATAGRAM_BYTES) throw failed(`receiving: a datagram of ${length} bytes`, 0);
    if (length >= 0) return this.#datagram.subarray(0, length);
    const errno = libc.lastErrno();
    if (errno === ENOBUFS) return "overrun";
    if (errno === EINTR) return this.receive(milliseconds);
    if (errno !== EAGAIN) throw failed("receiving", errno);
    return milliseconds > 0 && this.#wait(milliseconds) ? this.receive(0) : undefined;
  }

  close(): void {
    libc.close(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #wait(milliseconds: number): boolean {
    return libc.poll(new Int32Array([this.#fd, libc.POLLIN]), 1, milliseconds) > 0;
  }

  /** The kernel takes a message whole or not at all, and whole it must fit into the send buffer. */
  #reserve(bytes: number): void {
    if (bytes <= this.#sendBuffer) return;
    this.#enlarge({ force: libc.SO_SNDBUFFORCE, plain: libc.SO_SNDBUF }, bytes);
    this.#sendBuffer = bytes;
  }

  /** Beyond the system's limit where we may (CAP_NET_ADMIN), else as far as it goes. */
  #enlarge(option: { readonly force: number; readonly plain: number }, bytes: number): void {
    if (!this.#set(libc.SOL_SOCKET, option.force, bytes)) this.#set(libc.SOL_SOCKET, option.plain, bytes);
  }

  #set(level: number, name: number, value: number): boolean {
    return libc.setsockopt(this.#fd, level, name, new Int32Array([value]), 4) === 0;
  }
}

/** Only root of the whole machine may send beyond the system's limit; inside a user namespace that limit holds. */
const TOO_LONG =
  "Inside a user namespace, changes are limited by net.core.wmem_max: raise it on the machine, or run as the machine's root.";

/** The error for a call on a netlink socket that failed. */
export function failed(what: string, errno: number): BulkheadError {
  const code = errno === EPERM ? "kernel/no-permission" : "kernel/netlink-failed";
  const words = `netlink: ${what} failed${errno === 0 ? "" : `: ${errnoName(errno)}`}`;
  return new BulkheadError(code, words, errno === EMSGSIZE ? { remedy: TOO_LONG } : {});
}
