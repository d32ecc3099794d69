/** The two ways of asking the kernel: do this and say whether you did; and tell me all of that. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { EINTR, EPERM, errnoName } from "./errno.ts";
import {
  type Acknowledgement,
  isInterrupted,
  type Message,
  NLMSG_DONE,
  NLMSG_ERROR,
  readAcknowledgement,
  readDone,
  readMessages,
} from "./message-reader.ts";
import type { NetlinkTransport } from "./transport.ts";

/** The kernel answers while it takes the request. This is for a machine that stands still. */
const PATIENCE_MILLISECONDS = 5_000;
/** How often a dump is begun anew that the kernel's own changes interrupted. */
const ATTEMPTS = 4;
const MOST_LOSSES = 1_000;

/**
 * Sends requests of which the last (that with sequence `last`) asks for an acknowledgement, and gives every refusal of any of them; none means done.
 * `answer` gets whatever else the kernel says to `last`. Throws `kernel/netlink-failed` where no answer came or answers were lost.
 */
export function request(
  transport: NetlinkTransport,
  messages: Uint8Array,
  { last, answer = () => {} }: { readonly last: number; readonly answer?: (message: Message) => void },
): readonly Acknowledgement[] {
  transport.send(messages);
  const refusals: Acknowledgement[] = [];
  for (;;) {
    // A refusal of the whole batch is the only answer: then there is nothing to wait for.
    const datagram = transport.receive(refusals.length > 0 ? 0 : PATIENCE_MILLISECONDS);
    if (datagram === "overrun")
      throw failed("the kernel's answers were lost, so that it is not known what was done");
    if (datagram === undefined && refusals.length > 0) return refusals;
    if (datagram === undefined) throw timedOut(PATIENCE_MILLISECONDS);
    for (const message of readMessages(datagram)) {
      if (message.type !== NLMSG_ERROR) {
        if (message.sequence === last) answer(message);
        continue;
      }
      const acknowledgement = readAcknowledgement(message);
      if (acknowledgement.errno !== 0) refusals.push(acknowledgement);
      if (acknowledgement.sequence === last) return refusals;
    }
  }
}

export interface DumpRequest {
  readonly messages: Uint8Array;
  readonly sequence: number;
}

/**
 * Sends a dump request and hands every message of the answer to `visit`; gives how many datagrams the kernel had to drop. A dump that was
 * interrupted by a change is begun anew (`restart` forgets what came so far); after the last attempt it counts as one loss.
 * Throws `kernel/netlink-failed`, `kernel/netlink-refused` or `kernel/no-permission`.
 */
export function dump(
  transport: NetlinkTransport,
  request: DumpRequest,
  { visit, restart }: { readonly visit: (message: Message) => void; readonly restart: () => void },
): { readonly lost: number } {
  for (let attempt = 1; ; attempt++) {
    const { lost, interrupted } = dumpOnce(transport, request, visit);
    if (!interrupted) return { lost };
    if (attempt === ATTEMPTS) return { lost: lost + 1 };
    restart();
  }
}

function dumpOnce(
  transport: NetlinkTransport,
  { messages, sequence }: DumpRequest,
  visit: (message: Message) => void,
) {
  transport.send(messages);
  let lost = 0;
  let interrupted = false;
  for (;;) {
    const datagram = transport.receive(PATIENCE_MILLISECONDS);
    if (datagram === undefined)
      throw failed(`the kernel's dump stopped for ${PATIENCE_MILLISECONDS / 1000} s`);
    if (datagram === "overrun") {
      if (++lost > MOST_LOSSES) throw failed("the kernel drops more of a dump than it delivers");
      continue;
    }
    for (const message of readMessages(datagram)) {
      if (message.sequence !== sequence) continue;
      interrupted ||= isInterrupted(message);
      const errno = endOf(message);
      if (errno === EINTR) return { lost, interrupted: true };
      if (errno === 0) return { lost, interrupted };
      if (errno !== undefined) throw refused("the kernel refuses a dump", errno);
      visit(message);
    }
  }
}

/** The error number that ends the dump, 0 for its good end; undefined for a message of the dump. */
function endOf(message: Message): number | undefined {
  if (message.type === NLMSG_DONE) return readDone(message);
  return message.type === NLMSG_ERROR ? readAcknowledgement(message).errno : undefined;
}

/** The error for a request that the kernel refused. */
export function refused(what: string, errno: number, words?: string): BulkheadError {
  const code = errno === EPERM ? "kernel/no-permission" : "kernel/netlink-refused";
  return new BulkheadError(
    code,
    `netlink: ${what}: ${errnoName(errno)}${words === undefined ? "" : ` (${words})`}`,
  );
}

/** The error for an answer that does not come. */
export function timedOut(milliseconds: number): BulkheadError {
  return failed(`the kernel did not answer within ${milliseconds / 1000} s`);
}

function failed(what: string): BulkheadError {
  return new BulkheadError("kernel/netlink-failed", `netlink: ${what}`);
}
