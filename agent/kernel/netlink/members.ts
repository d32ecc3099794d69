/** Changes of members and of the stamp, straight over netlink: what they cost follows what changes, not what is there. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { MemberChanges } from "@bulkhead/shared/nft/ruleset.ts";
import type { MemberRoom } from "../kernel.ts";
import { request } from "./conversation.ts";
import { elementText } from "./element-key.ts";
import { EEXIST, ENOENT, EPERM, ERESTART, errnoName } from "./errno.ts";
import { type Batch, type BatchPart, writeBatch } from "./member-batch.ts";
import type { Acknowledgement } from "./message-reader.ts";
import { NetlinkWriter } from "./netlink-writer.ts";
import type { NetlinkTransport } from "./transport.ts";

/** A transport that can be closed. */
export interface Closable extends NetlinkTransport {
  close(): void;
}

/** The room over sockets that `open` opens: one is kept between changes, and replaced after anything went wrong on it. */
export class NetlinkMembers implements MemberRoom {
  readonly #open: () => Closable;
  readonly #writer = new NetlinkWriter();
  #socket: Closable | undefined;
  #sequence = 1;

  constructor(open: () => Closable) {
    this.#open = open;
  }

  /**
   * With `generation`, only onto the ruleset with this number: `kernel/ruleset-changed` where another one is in force by now, and then nothing has
   * changed. The kernel itself compares, under its own lock.
   */
  apply(changes: MemberChanges, generation?: number): void {
    this.#writer.reset();
    const batch = writeBatch(this.#writer, changes, { first: this.#sequence, generation });
    if (batch.parts.length === 0) return;
    this.#sequence = (batch.last + 2) % 0x7fff_0000;
    this.#socket ??= this.#open();
    const refusals = this.#send(this.#socket, batch);
    const first = refusals[0];
    if (first !== undefined) throw refusal(batch, first, refusals.length);
  }

  /** Closes the socket; the next change opens another. */
  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #send(socket: Closable, { last }: Batch): readonly Acknowledgement[] {
    try {
      return request(socket, this.#writer.written(), { last });
    } catch (error) {
      // Answers may still be under way; they must not be taken for those to the next change.
      this.close();
      throw error;
    }
  }
}

function refusal(
  { parts }: Batch,
  { errno, sequence, offset, words }: Acknowledgement,
  count: number,
): BulkheadError {
  if (errno === EPERM)
    return new BulkheadError("kernel/no-permission", "the kernel refuses the change: EPERM");
  if (errno === ERESTART)
    return new BulkheadError(
      "kernel/ruleset-changed",
      "another ruleset is in force than the one that was read",
    );
  const part = parts.find((one) => one.sequence === sequence);
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  const own = words === undefined ? "" : `: ${words}`;
  return new BulkheadError(
    "kernel/netlink-refused",
    `${explain(part, errno, offset)}: ${errnoName(errno)}${own}${more}`,
  );
}

function explain(part: BatchPart | undefined, errno: number, offset: number | undefined): string {
  if (part === undefined) return "the kernel refuses the whole change";
  if (part.action === "refill") return `chain ${part.name} cannot be filled anew`;
  const element = elementAt(part, offset);
  const set = `set ${part.name}`;
  if (element === undefined && errno === ENOENT && part.action === "add") return `${set} is not there`;
  if (element === undefined && errno === ENOENT)
    return `${set}, or an element to be removed from it, is not there`;
  if (element === undefined) return `the kernel refuses the change of ${set}`;
  if (errno === EEXIST) return `${element} is already in ${set}`;
  if (errno === ENOENT) return `${element} is not in ${set}`;
  return part.action === "add"
    ? `${element} cannot be added to ${set}`
    : `${element} cannot be removed from ${set}`;
}

/** The element that the kernel's offset points at; undefined where it points elsewhere, or nowhere (older kernels). */
function elementAt({ elements }: BatchPart, offset: number | undefined): string | undefined {
  if (elements === undefined || offset === undefined || offset < elements.offset) return undefined;
  const index = elements.first + Math.floor((offset - elements.offset) / elements.bytes);
  const element = elements.change.elements[index];
  return element === undefined ? undefined : elementText(element);
}
