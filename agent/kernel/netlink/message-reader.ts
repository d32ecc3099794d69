/** Taking a datagram apart into netlink messages (linux/netlink.h). */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { AttributeReader } from "./attribute-reader.ts";

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
const NLM_F_DUMP_INTR = 0x10;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;
const HEADER = 16;

/** One message; it lies in the datagram and is good as long as that. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly view: DataView;
  /** The payload is `view[start, end)`. */
  readonly start: number;
  readonly end: number;
}

/** What the kernel answers to a request. `errno` is 0 where it did it. */
export interface Acknowledgement {
  readonly sequence: number;
  readonly errno: number;
  /** The kernel's own words, where it has any. */
  readonly words?: string;
  /** Which byte of the request is wrong, where it says. */
  readonly offset?: number;
}

/** The messages in a datagram. Throws `kernel/netlink-malformed` where their lengths do not add up. */
export function readMessages(datagram: Uint8Array): Message[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const messages: Message[] = [];
  for (let at = 0; at < view.byteLength; ) {
    const left = view.byteLength - at;
    const length = left < HEADER ? 0 : view.getUint32(at, true);
    if (length < HEADER || length > left)
      throw malformed(`a message of ${length} bytes where ${left} are left`);
    messages.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      sequence: view.getUint32(at + 8, true),
      view,
      start: at + HEADER,
      end: at + length,
    });
    at += (length + 3) & ~3;
  }
  return messages;
}

/** The attributes behind a family's own header of this length. */
export function attributesOf(message: Message, headerBytes: number): AttributeReader {
  return new AttributeReader(message.view, message.start + headerBytes, message.end);
}

/** Whether the kernel's tables changed while it was dumping them. */
export function isInterrupted(message: Message): boolean {
  return (message.flags & NLM_F_DUMP_INTR) !== 0;
}

/** The error number (positive) that ends a dump; 0 where all is well. */
export function readDone(message: Message): number {
  return message.end - message.start < 4 ? 0 : Math.abs(message.view.getInt32(message.start, true));
}

/** Reads a message of type NLMSG_ERROR (struct nlmsgerr). Throws `kernel/netlink-malformed`. */
export function readAcknowledgement(message: Message): Acknowledgement {
  const { view, start, end, flags, sequence } = message;
  if (end - start < 4 + HEADER) throw malformed(`an acknowledgement of ${end - start} bytes`);
  const errno = Math.abs(view.getInt32(start, true));
  if ((flags & NLM_F_ACK_TLVS) === 0) return { sequence, errno };
  // The whole request stands between, unless the kernel was asked to cap it.
  const request = (flags & NLM_F_CAPPED) === 0 ? view.getUint32(start + 4, true) : HEADER;
  const reader = new AttributeReader(view, start + 4 + ((request + 3) & ~3), end);
  let words: string | undefined;
  let offset: number | undefined;
  while (reader.next()) {
    if (reader.type === NLMSGERR_ATTR_MSG) words = reader.text();
    else if (reader.type === NLMSGERR_ATTR_OFFS) offset = reader.u32();
  }
  reader.finish("an acknowledgement");
  return {
    sequence,
    errno,
    ...(words === undefined ? {} : { words }),
    ...(offset === undefined ? {} : { offset }),
  };
}

function malformed(what: string): BulkheadError {
  return new BulkheadError("kernel/netlink-malformed", `netlink: ${what}`);
}
