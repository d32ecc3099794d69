import { Count } from "./count.ts";
import { MESSAGE_BYTES } from "./message.ts";

/** What one end receives of one conversation. */
export class Tally {
  readonly received = new Count();
  #bytes = 0;
  #next = 0;
  #lost = 0;

  /** Messages that never came although later ones did. A stream has no such gaps. */
  get lost(): number {
    return this.#lost;
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
    this.#lost += Math.max(0, sequence - this.#next);
    this.#next = Math.max(this.#next, sequence + 1);
  }
}
