/** Memory for many datagrams that are taken from a socket with one call, as recvmmsg(2) wants it. */

import * as libc from "./libc.ts";

/** struct mmsghdr on 64 bits: struct msghdr (name, its length, iovec, how many, control, its length, flags), and the length received. */
export const HEADER = { bytes: 64, iovec: 16, iovecs: 24, flags: 48, length: 56 } as const;
/** struct iovec: a pointer and a length. */
export const IOVEC_BYTES = 16;

/** Slots of equal size, filled from the first on. Nothing is allocated after the start. */
export class Datagrams {
  /** All slots; datagram `i` is `view[start(i), start(i) + length(i))`. */
  readonly view: DataView;
  readonly slots: number;
  readonly #slotBytes: number;
  readonly #memory: Uint8Array;
  readonly #iovecs: Uint8Array;
  readonly #headers: Uint8Array;
  readonly #headerView: DataView;

  constructor(slots: number, slotBytes: number) {
    this.slots = slots;
    this.#slotBytes = slotBytes;
    this.#memory = zeroed(slots * slotBytes);
    this.#iovecs = zeroed(slots * IOVEC_BYTES);
    this.#headers = zeroed(slots * HEADER.bytes);
    this.view = viewOf(this.#memory);
    this.#headerView = viewOf(this.#headers);
    this.#lay();
  }

  /** Takes up to this many datagrams, without waiting; how many, or -1 (see `libc.lastErrno`). */
  receive(descriptor: number, most: number): number {
    return libc.recvmmsg(descriptor, this.#headers, Math.min(most, this.slots), libc.MSG_DONTWAIT, null);
  }

  start(index: number): number {
    return index * this.#slotBytes;
  }

  length(index: number): number {
    return this.#headerView.getUint32(index * HEADER.bytes + HEADER.length, true);
  }

  /** Whether the datagram was longer than its slot. */
  isCut(index: number): boolean {
    const flags = this.#headerView.getUint32(index * HEADER.bytes + HEADER.flags, true);
    return (flags & libc.MSG_TRUNC) !== 0;
  }

  #lay(): void {
    const memory = libc.addressOf(this.#memory);
    const iovecs = libc.addressOf(this.#iovecs);
    const iovecView = viewOf(this.#iovecs);
    for (let i = 0; i < this.slots; i++) {
      iovecView.setBigUint64(i * IOVEC_BYTES, memory + BigInt(this.start(i)), true);
      iovecView.setBigUint64(i * IOVEC_BYTES + 8, BigInt(this.#slotBytes), true);
      const header = i * HEADER.bytes;
      this.#headerView.setBigUint64(header + HEADER.iovec, iovecs + BigInt(i * IOVEC_BYTES), true);
      this.#headerView.setBigUint64(header + HEADER.iovecs, 1n, true);
    }
  }
}

/** Outside the heap, so that it never moves. */
function zeroed(bytes: number): Uint8Array {
  return Buffer.allocUnsafeSlow(bytes).fill(0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
