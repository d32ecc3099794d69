/** Writing netlink messages. Layouts: linux/netlink.h, and `man 7 netlink`. Host byte order is little-endian on all that we run on. */

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;
const NLA_F_NESTED = 0x8000;

/** The longest attribute that the kernel's 16 bits of length can say. */
export const LONGEST_ATTRIBUTE = 0xffff;
const HEADER = 4;

export interface MessageHead {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
}

const utf8 = new TextEncoder();

/**
 * One growing buffer, message after message, attribute after attribute, each padded to four bytes.
 * Making room may replace the memory: every method first asks for its place, and then writes.
 */
export class NetlinkWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #message = 0;

  /** Bytes written so far. */
  get size(): number {
    return this.#at;
  }

  /** Begins anew in the same memory; what `written` gave before is overwritten. */
  reset(): void {
    this.#at = 0;
  }

  /** What was written: a view, good until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** One message; `body` writes what follows the header. */
  message(head: MessageHead, body: () => void): void {
    this.#message = this.#at;
    this.reserve(16);
    this.#view.setUint16(this.#message + 4, head.type, true);
    this.#view.setUint16(this.#message + 6, head.flags, true);
    this.#view.setUint32(this.#message + 8, head.sequence, true);
    body();
    this.#view.setUint32(this.#message, this.#at - this.#message, true);
  }

  /** Adds flags to the message written last. */
  addFlags(flags: number): void {
    const at = this.#message + 6;
    this.#view.setUint16(at, this.#view.getUint16(at, true) | flags, true);
  }

  /** Where the next attribute will stand, counted from the start of its message: what the kernel's errors point at. */
  get offset(): number {
    return this.#at - this.#message;
  }

  /** Bytes that are no attribute, such as a family's own header. Their length is a multiple of four. */
  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  u8(type: number, value: number): void {
    const at = this.#attribute(type, 1);
    this.#bytes[at] = value;
  }

  u16be(type: number, value: number): void {
    const at = this.#attribute(type, 2);
    this.#view.setUint16(at, value);
  }

  /** 32 bits in host byte order. */
  u32(type: number, value: number): void {
    const at = this.#attribute(type, 4);
    this.#view.setUint32(at, value, true);
  }

  u32be(type: number, value: number): void {
    const at = this.#attribute(type, 4);
    this.#view.setUint32(at, value);
  }

  /** A string with the zero that ends it. */
  text(type: number, value: string): void {
    const encoded = utf8.encode(value);
    const at = this.#attribute(type, encoded.length + 1);
    this.#bytes.set(encoded, at);
  }

  bytes(type: number, value: Uint8Array): void {
    const at = this.#attribute(type, value.length);
    this.#bytes.set(value, at);
  }

  /** An attribute made of attributes. */
  nest(type: number, body: () => void): void {
    const start = this.reserve(HEADER);
    body();
    const length = this.#at - start;
    if (length > LONGEST_ATTRIBUTE) throw new RangeError(`an attribute of ${length} bytes`);
    this.#view.setUint16(start, length, true);
    this.#view.setUint16(start + 2, type | NLA_F_NESTED, true);
  }

  /** Makes room for this many zero bytes and says where; for hot loops that write through `memory`. */
  reserve(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) this.#grow();
    this.#bytes.fill(0, start, this.#at);
    return start;
  }

  /** The memory behind what `reserve` gave; good until the next write. */
  get memory(): { readonly bytes: Uint8Array; readonly view: DataView } {
    return { bytes: this.#bytes, view: this.#view };
  }

  /** The header, and room for the payload; gives where the payload starts. */
  #attribute(type: number, length: number): number {
    if (HEADER + length > LONGEST_ATTRIBUTE) throw new RangeError(`an attribute of ${length} bytes`);
    const start = this.reserve(HEADER + ((length + 3) & ~3));
    this.#view.setUint16(start, HEADER + length, true);
    this.#view.setUint16(start + 2, type, true);
    return start + HEADER;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
