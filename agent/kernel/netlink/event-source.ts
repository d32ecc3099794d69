/** A socket to which the kernel speaks by itself, as a source of events. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { EventSource } from "../events.ts";
import { Datagrams } from "./datagrams.ts";
import { EAGAIN, EINTR, ENOBUFS } from "./errno.ts";
import * as libc from "./libc.ts";
import { NLMSG_DONE } from "./message-reader.ts";
import { failed, type NetlinkSocket } from "./socket.ts";

const HEADER = 16;
/** Of SO_MEMINFO (linux/sock_diag.h): how many 32-bit numbers, and which of them counts what was dropped. */
export const MEMINFO_NUMBERS = 9;
export const SK_MEMINFO_DROPS = 8;

/** What is made of the messages of one family. */
export interface Decoder<Event> {
  /** One message, its payload `[start, end)` of the view. Throws `kernel/netlink-malformed` and nothing else. */
  decode(message: EventMessage, each: (event: Event) => void): void;
  /** The kernel dropped this many datagrams; gives how many losses that is. */
  dropped?(datagrams: number): number;
  /** Losses that the messages themselves tell of, since the last call. */
  missed?(): number;
}

/** One and the same object for all messages: good until `decode` returns. */
export interface EventMessage {
  readonly view: DataView;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

export interface Room {
  readonly slots: number;
  readonly slotBytes: number;
}

export class NetlinkEventSource<Event> implements EventSource<Event> {
  readonly descriptor: number;
  readonly #socket: NetlinkSocket;
  readonly #decoder: Decoder<Event>;
  readonly #datagrams: Datagrams;
  readonly #message: { view: DataView; type: number; start: number; end: number };
  readonly #memory = { numbers: new Uint32Array(MEMINFO_NUMBERS), length: new Uint32Array(1) };
  /** Datagrams in memory, and which of them is next. */
  #held = 0;
  #next = 0;
  #lost = 0;
  #drops = 0;
  /** After an overrun the kernel goes on dropping, without another word, until the queue was empty. */
  #congested = false;

  /** Takes the socket over. `decoder` is made for the view that its messages will be in. */
  constructor(socket: NetlinkSocket, room: Room, decoder: (view: DataView) => Decoder<Event>) {
    this.#socket = socket;
    this.descriptor = socket.descriptor;
    this.#datagrams = new Datagrams(room.slots, room.slotBytes);
    this.#decoder = decoder(this.#datagrams.view);
    this.#message = { view: this.#datagrams.view, type: 0, start: 0, end: 0 };
  }

  drain(each: (event: Event) => void, most: number): number {
    let left = most;
    let isOver = false;
    // What lies in memory already counts as well: a listener that threw has left it there.
    while (left > 0 && (this.#next < this.#held || !isOver)) {
      if (this.#next === this.#held) {
        const asked = Math.min(left, this.#datagrams.slots);
        this.#fill(asked);
        isOver = this.#held < asked && !this.#congested;
        if (this.#held === 0) break;
      }
      left--;
      // Moved on first, so that what cannot be read is not read again.
      this.#read(this.#next++, each);
    }
    this.#lost += this.#decoder.missed?.() ?? 0;
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  /** Takes the next datagrams, as many as there are; none where the kernel has none. */
  #fill(asked: number): void {
    this.#next = 0;
    this.#held = 0;
    for (;;) {
      const held = this.#datagrams.receive(this.descriptor, asked);
      const errno = held < 0 ? libc.lastErrno() : 0;
      if (errno !== 0 && errno !== EAGAIN && errno !== EINTR && errno !== ENOBUFS)
        throw failed("receiving events", errno);
      if (errno === ENOBUFS || this.#congested) this.#countDrops(errno === ENOBUFS ? 1 : 0);
      this.#congested = errno === ENOBUFS || (this.#congested && errno !== EAGAIN);
      if (errno === EINTR || errno === ENOBUFS) continue;
      this.#held = Math.max(0, held);
      return;
    }
  }

  /** The socket's own count of what it dropped; where it has none (it is as old as 4.12), what is known otherwise. */
  #countDrops(atLeast: number): void {
    const { numbers, length } = this.#memory;
    length[0] = numbers.byteLength;
    const known = libc.getsockopt(this.descriptor, libc.SOL_SOCKET, libc.SO_MEMINFO, numbers, length) === 0;
    const drops = known ? (numbers[SK_MEMINFO_DROPS] ?? 0) : this.#drops;
    const dropped = Math.max(atLeast, (drops - this.#drops) >>> 0);
    this.#drops = drops;
    if (dropped > 0) this.#lost += this.#decoder.dropped?.(dropped) ?? dropped;
  }

  #read(index: number, each: (event: Event) => void): void {
    if (this.#datagrams.isCut(index)) {
      this.#lost++;
      return;
    }
    const message = this.#message;
    const { view } = message;
    let at = this.#datagrams.start(index);
    const end = at + this.#datagrams.length(index);
    while (at < end) {
      const left = end - at;
      const length = left < HEADER ? 0 : view.getUint32(at, true);
      if (length < HEADER || length > left) throw malformed(length, left);
      message.type = view.getUint16(at + 4, true);
      message.start = at + HEADER;
      message.end = at + length;
      if (message.type !== NLMSG_DONE) this.#decoder.decode(message, each);
      at += (length + 3) & ~3;
    }
  }
}

function malformed(length: number, left: number): BulkheadError {
  return new BulkheadError(
    "kernel/netlink-malformed",
    `netlink: an event of ${length} bytes where ${left} are left`,
  );
}
