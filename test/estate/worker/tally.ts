import { Count } from "./count.ts";
import { MESSAGE_BYTES } from "./message.ts";

/** What one end receives of one conversation. */
export class Tally {
  readonly received = new Count();
  #bytes = 0;
  #next = 0;
  /** Numbers that were skipped. Datagrams may overtake each other, on two processors or while a neighbour is asked for, so they may still come. */
  readonly #missing = new Set<number>();

  /** Messages that never came although later ones did. A stream has no such gaps. */
  get lost(): number {
    return this.#missing.size;
  }

  /** Takes a piece of a stream; gives how many messages it completes. */
  addPiece(bytes: number): number {
    const before = Math.floor(this.#bytes / MESSAGE_BYTES);
    this.#bytes += bytes;
    const messages = Math.floor(this.#bytes / MESSAGE_BYTES) - before;
    this.received.add(messages);
    return messages;
  }

  /** Takes a datagram, which begins with its number; an empty one has none. */
  addDatagram(bytes: Buffer): void {
    this.received.add(1);
    if (bytes.length < MESSAGE_BYTES) return;
    const sequence = bytes.readUInt32BE(0);
    this.#missing.delete(sequence);
    for (; this.#next < sequence; this.#next++) this.#missing.add(this.#next);
    this.#next = Math.max(this.#next, sequence + 1);
  }
}
