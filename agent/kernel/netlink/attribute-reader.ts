/** Reading netlink attributes: what the kernel sent is never trusted to be as long as it says. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

const HEADER = 4;
/** The two flags (nested, network byte order) that share the field with the type. */
const TYPE_MASK = 0x3fff;
const utf8 = new TextDecoder();

/** The first thing that was wrong, shared by a reader and all readers of its nested attributes. */
interface Trouble {
  words?: string;
}

/**
 * Walks over the attributes in `bytes[start, end)` and cannot leave that slice. Errors stick: after the first one nothing more is found, values are
 * zero, and `finish` throws. So decoders read straight on and ask once, at the end.
 */
export class AttributeReader {
  /** The datagram. Read from it only where `place` says. */
  readonly view: DataView;
  #end: number;
  readonly #trouble: Trouble;
  #next: number;
  #start = 0;
  #length = 0;
  #type = 0;

  constructor(view: DataView, start: number, end: number, trouble: Trouble = {}) {
    this.view = view;
    this.#trouble = trouble;
    this.#next = start;
    this.#end = start;
    this.#move(start, end);
  }

  /** Begins anew with other attributes of the same datagrams, and forgets what was wrong: for loops that are too hot for a reader a message. */
  restart(start: number, end: number): this {
    delete this.#trouble.words;
    this.#move(start, end);
    return this;
  }

  #move(start: number, end: number): void {
    this.#next = start;
    this.#end = Math.min(end, this.view.byteLength);
    // A length from the kernel that became negative on its way to 32 bits with a sign leads before the datagram.
    if (start < 0 || start > this.#end) this.#fail(`a message that ends before its attributes begin`);
  }

  /** The type of the attribute that `next` found. */
  get type(): number {
    return this.#type;
  }

  /** Moves on to the next attribute; false where there is none, or where one was malformed. */
  next(): boolean {
    const left = this.#end - this.#next;
    if (this.#trouble.words !== undefined || left <= 0) return false;
    if (left < HEADER) return this.#fail(`${left} bytes where an attribute should begin`);
    const length = this.view.getUint16(this.#next, true);
    if (length < HEADER || length > left)
      return this.#fail(`an attribute of ${length} bytes where ${left} are left`);
    this.#type = this.view.getUint16(this.#next + 2, true) & TYPE_MASK;
    this.#start = this.#next + HEADER;
    this.#length = length - HEADER;
    this.#next += (length + 3) & ~3;
    return true;
  }

  u8(): number {
    return this.#has(1) ? this.view.getUint8(this.#start) : 0;
  }

  u16be(): number {
    return this.#has(2) ? this.view.getUint16(this.#start) : 0;
  }

  /** 32 bits in host byte order. */
  u32(): number {
    return this.#has(4) ? this.view.getUint32(this.#start, true) : 0;
  }

  u32be(): number {
    return this.#has(4) ? this.view.getUint32(this.#start) : 0;
  }

  /** 64 bits in host byte order. */
  u64(): bigint {
    return this.#has(8) ? this.view.getBigUint64(this.#start, true) : 0n;
  }

  /** 64 bits in network byte order, as a number: exact to 2^53, which a counter does not reach. */
  u64be(): number {
    return this.#has(8)
      ? this.view.getUint32(this.#start) * 2 ** 32 + this.view.getUint32(this.#start + 4)
      : 0;
  }

  /** Where the payload starts in the view, and its length; good for reading within the view only. */
  get start(): number {
    return this.#start;
  }

  get length(): number {
    return this.#length;
  }

  /** A string, without the zero that ends it. */
  text(): string {
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + this.#start, this.#length);
    const zero = bytes.indexOf(0);
    return utf8.decode(zero < 0 ? bytes : bytes.subarray(0, zero));
  }

  /** Where the payload of exactly this length starts in the view; undefined, and an error, where it has another length. */
  place(length: number): number | undefined {
    if (this.#length !== length)
      this.#fail(`attribute ${this.#type} has ${this.#length} bytes, not ${length}`);
    return this.#trouble.words === undefined ? this.#start : undefined;
  }

  /** The attributes inside this one. */
  nested(): AttributeReader {
    return new AttributeReader(this.view, this.#start, this.#start + this.#length, this.#trouble);
  }

  /** As `nested`, with a reader that `nested` made earlier. */
  nestedIn(child: AttributeReader): AttributeReader {
    child.#move(this.#start, this.#start + this.#length);
    return child;
  }

  /** Throws `kernel/netlink-malformed` if anything was wrong, here or in a nested attribute. */
  finish(what: string): void {
    const { words } = this.#trouble;
    if (words !== undefined)
      throw new BulkheadError("kernel/netlink-malformed", `netlink: ${what}: ${words}`);
  }

  #has(length: number): boolean {
    if (this.#length >= length) return this.#trouble.words === undefined;
    return this.#fail(`attribute ${this.#type} has ${this.#length} bytes, not ${length}`);
  }

  #fail(words: string): false {
    this.#trouble.words ??= words;
    return false;
  }
}
