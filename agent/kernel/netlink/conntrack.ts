/** The conntrack table of this network namespace, by ctnetlink. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import type { ConntrackEntry, ConntrackRoom, Tuple } from "../kernel.ts";
import { listConnections } from "./connection-list.ts";
import { type ListedEntry, readEntry } from "./conntrack-entry.ts";
import * as ct from "./conntrack-numbers.ts";
import { isIpv6, reversed, writeTuple } from "./conntrack-tuple.ts";
import { dump, refused, request } from "./conversation.ts";
import { EEXIST, ENOENT } from "./errno.ts";
import {
  NetlinkWriter,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  NLM_F_REQUEST,
} from "./netlink-writer.ts";
import { AF_INET, AF_INET6, AF_UNSPEC, TCP, UDP } from "./protocol-numbers.ts";
import type { NetlinkTransport, WithTransport } from "./transport.ts";

/** Seconds: the kernel's own defaults for established TCP and for UDP seen in both directions. The first packet sets them anew. */
const TIMEOUTS: Readonly<Record<number, number>> = { [TCP]: 432_000, [UDP]: 120 };
const SEQUENCE = 1;

/** The room. */
export function conntrackRoom(withTransport: WithTransport): ConntrackRoom {
  return {
    dump: () => withTransport(dumpEntries),
    connections: () => withTransport(listConnections),
    create: (flow) => withTransport((transport) => create(transport, flow)),
    delete: (flow) => withTransport((transport) => remove(transport, flow)),
    setMark: (flow, stamp) => withTransport((transport) => setMark(transport, flow, stamp)),
  };
}

function dumpEntries(transport: NetlinkTransport): ReturnType<ConntrackRoom["dump"]> {
  let entries: ConntrackEntry[] = [];
  const messages = write({ type: ct.IPCTNL_MSG_CT_GET, flags: NLM_F_DUMP, family: AF_UNSPEC }, () => {});
  const { lost } = dump(
    transport,
    { messages, sequence: SEQUENCE },
    {
      visit: (message) => entries.push(readEntry(message).entry),
      restart: () => {
        entries = [];
      },
    },
  );
  return { entries, lost };
}

function create(transport: NetlinkTransport, flow: Tuple): boolean {
  const timeout = TIMEOUTS[flow.protocol];
  // Conntrack makes its own entry for anything else when its next packet comes, and there is no direction to get wrong.
  if (timeout === undefined) return false;
  const errno = ask(
    transport,
    { type: ct.IPCTNL_MSG_CT_NEW, flags: NLM_F_CREATE | NLM_F_EXCL, flow },
    (writer) => {
      writeTuple(writer, ct.CTA_TUPLE_REPLY, reversed(flow));
      writer.u32be(ct.CTA_STATUS, ct.IPS_CONFIRMED | ct.IPS_ASSURED | ct.IPS_SEEN_REPLY);
      writer.u32be(ct.CTA_TIMEOUT, timeout);
      if (flow.protocol === TCP) writeEstablished(writer);
    },
  );
  if (errno === EEXIST) return false;
  return done("a conntrack entry cannot be made", errno);
}

/** Established, and with liberal windows: we know neither sequence numbers nor scaling, and a strict check would call every packet invalid. */
function writeEstablished(writer: NetlinkWriter): void {
  const flags = Uint8Array.of(ct.IP_CT_TCP_FLAG_BE_LIBERAL, ct.IP_CT_TCP_FLAG_BE_LIBERAL);
  writer.nest(ct.CTA_PROTOINFO, () =>
    writer.nest(ct.CTA_PROTOINFO_TCP, () => {
      writer.u8(ct.CTA_PROTOINFO_TCP_STATE, ct.TCP_CONNTRACK_ESTABLISHED);
      writer.bytes(ct.CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, flags);
      writer.bytes(ct.CTA_PROTOINFO_TCP_FLAGS_REPLY, flags);
    }),
  );
}

function remove(transport: NetlinkTransport, flow: Tuple): boolean {
  const found = find(transport, flow);
  if (found === undefined) return false;
  const errno = ask(transport, { type: ct.IPCTNL_MSG_CT_DELETE, flags: 0, flow }, (writer) =>
    writer.u32be(ct.CTA_ID, found.id),
  );
  if (errno === ENOENT) return false;
  return done("a conntrack entry cannot be removed", errno);
}

function setMark(transport: NetlinkTransport, flow: Tuple, { mask, value }: Stamp): boolean {
  if (find(transport, flow) === undefined) return false;
  const errno = ask(transport, { type: ct.IPCTNL_MSG_CT_NEW, flags: 0, flow }, (writer) => {
    writer.u32be(ct.CTA_MARK, value);
    writer.u32be(ct.CTA_MARK_MASK, mask);
  });
  if (errno === ENOENT) return false;
  return done("a conntrack mark cannot be set", errno);
}

/** The kernel finds an entry by either of its tuples; to us only the original one names it, since a mark is a permission. */
function find(transport: NetlinkTransport, flow: Tuple): ListedEntry | undefined {
  const found: ListedEntry[] = [];
  const errno = ask(
    transport,
    { type: ct.IPCTNL_MSG_CT_GET, flags: 0, flow, answer: (message) => found.push(readEntry(message)) },
    () => {},
  );
  if (errno !== ENOENT) done("a conntrack entry cannot be read", errno);
  return found.find(({ entry }) => isSame(entry, flow));
}

function isSame(a: Tuple, b: Tuple): boolean {
  return (
    a.source === b.source &&
    a.destination === b.destination &&
    a.protocol === b.protocol &&
    a.sourcePort === b.sourcePort &&
    a.service === b.service &&
    a.zone === b.zone
  );
}

interface Question {
  readonly type: number;
  readonly flags: number;
  readonly flow: Tuple;
  readonly answer?: Parameters<typeof request>[2]["answer"];
}

/** One acknowledged request about the flow; gives the errno, 0 where it was done. */
function ask(transport: NetlinkTransport, question: Question, body: (writer: NetlinkWriter) => void): number {
  const { type, flow, answer } = question;
  const family = isIpv6(flow) ? AF_INET6 : AF_INET;
  const messages = write({ type, flags: question.flags | NLM_F_ACK, family }, (writer) => {
    if (!writeTuple(writer, ct.CTA_TUPLE_ORIG, flow)) throw notAFlow(flow);
    if (flow.zone !== undefined) writer.u16be(ct.CTA_ZONE, flow.zone);
    body(writer);
  });
  const refusals = request(transport, messages, {
    last: SEQUENCE,
    ...(answer === undefined ? {} : { answer }),
  });
  return refusals[0]?.errno ?? 0;
}

function write(
  { type, flags, family }: { readonly type: number; readonly flags: number; readonly family: number },
  body: (writer: NetlinkWriter) => void,
): Uint8Array {
  const writer = new NetlinkWriter();
  const head = {
    type: (ct.NFNL_SUBSYS_CTNETLINK << 8) | type,
    flags: NLM_F_REQUEST | flags,
    sequence: SEQUENCE,
  };
  writer.message(head, () => {
    writer.raw(Uint8Array.of(family, 0, 0, 0));
    body(writer);
  });
  return writer.written();
}

function done(what: string, errno: number): true {
  if (errno !== 0) throw refused(what, errno);
  return true;
}

function notAFlow({ source, destination }: Tuple): BulkheadError {
  return new BulkheadError("kernel/netlink-refused", `there is no flow from '${source}' to '${destination}'`);
}
