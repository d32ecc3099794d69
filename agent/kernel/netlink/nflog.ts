/** Listening to a group of NFLOG (linux/netfilter/nfnetlink_log.h). */

import { readFileSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { refused, request } from "./conversation.ts";
import { EBUSY, EPERM } from "./errno.ts";
import { NetlinkWriter, NLM_F_ACK, NLM_F_REQUEST } from "./netlink-writer.ts";
import * as log from "./nflog-numbers.ts";
import { AF_UNSPEC } from "./protocol-numbers.ts";
import type { NetlinkTransport } from "./transport.ts";

const CONFIG = (log.NFNL_SUBSYS_ULOG << 8) | log.NFULNL_MSG_CONFIG;
/** Enough of a packet for its headers: IPv6's with some extensions, and the transport's ports. */
const COPIED_BYTES = 128;
/** Packets come together, so many or so late at most: a flood costs a datagram for each 64 packets, a single one is there in a tenth of a second. */
const PACKETS_TOGETHER = 64;
const HUNDREDTHS_OF_A_SECOND = 10;
/** Memory that the kernel takes for each datagram: room for so many packets with their prefixes. */
export const DATAGRAM_BYTES = 32 * 1024;

/** Makes this socket the group's listener, until it is closed. Throws `kernel/netlink-failed` where there is one already. */
export function listenToGroup(transport: NetlinkTransport, group: number): void {
  ask(transport, { group, sequence: 1 }, (writer) =>
    writer.bytes(log.NFULA_CFG_CMD, Uint8Array.of(log.NFULNL_CFG_CMD_BIND)),
  );
  ask(transport, { group, sequence: 2 }, (writer) => {
    const mode = new Uint8Array(6);
    new DataView(mode.buffer).setUint32(0, COPIED_BYTES);
    mode[4] = log.NFULNL_COPY_PACKET;
    writer.bytes(log.NFULA_CFG_MODE, mode);
    writer.u32be(log.NFULA_CFG_NLBUFSIZ, DATAGRAM_BYTES);
    writer.u32be(log.NFULA_CFG_QTHRESH, PACKETS_TOGETHER);
    writer.u32be(log.NFULA_CFG_TIMEOUT, HUNDREDTHS_OF_A_SECOND);
    // Each packet gets a number, so that it is known how many are missing.
    writer.u16be(log.NFULA_CFG_FLAGS, log.NFULNL_CFG_F_SEQ);
  });
}

interface Address {
  readonly group: number;
  readonly sequence: number;
}

function ask(
  transport: NetlinkTransport,
  { group, sequence }: Address,
  body: (writer: NetlinkWriter) => void,
): void {
  const writer = new NetlinkWriter();
  writer.message({ type: CONFIG, flags: NLM_F_REQUEST | NLM_F_ACK, sequence }, () => {
    writer.raw(Uint8Array.of(AF_UNSPEC, 0, group >> 8, group & 0xff));
    body(writer);
  });
  const [refusal] = request(transport, writer.written(), { last: sequence });
  if (refusal === undefined) return;
  // The kernel says EPERM to a second listener as well as to one without rights: its own list tells which it is.
  const isTaken = refusal.errno === EBUSY || (refusal.errno === EPERM && listeners().includes(group));
  throw isTaken ? taken(group) : refused(`NFLOG group ${group} cannot be listened to`, refusal.errno);
}

/** The groups that somebody in this network namespace listens to; none where the list cannot be read. */
function listeners(): readonly number[] {
  try {
    const lines = readFileSync("/proc/thread-self/net/netfilter/nfnetlink_log", "utf8").trim().split("\n");
    return lines.map((line) => Number.parseInt(line.trim(), 10));
  } catch {
    return [];
  }
}

function taken(group: number): BulkheadError {
  return new BulkheadError(
    "kernel/netlink-failed",
    `netlink: NFLOG group ${group} has a listener already (EBUSY), and there can be one only`,
    { remedy: "Stop the other program that reads this group (another agent, ulogd, tcpdump -i nflog)." },
  );
}
