/** One entry of the conntrack table, as ctnetlink dumps it. */

import type { ConntrackEntry, Tuple } from "../kernel.ts";
import type { AttributeReader } from "./attribute-reader.ts";
import * as ct from "./conntrack-numbers.ts";
import { readTuple } from "./conntrack-tuple.ts";
import { attributesOf, type Message } from "./message-reader.ts";

/** struct nfgenmsg stands before the attributes. */
const HEADER = 4;
const NO_TUPLE: Tuple = { source: "", destination: "", protocol: 0, sourcePort: 0, service: 0 };

/** `id` tells two entries with the same tuple apart that came one after the other. */
export interface ListedEntry {
  readonly entry: ConntrackEntry;
  readonly id: number;
}

/** Throws `kernel/netlink-malformed`. */
export function readEntry(message: Message): ListedEntry {
  const reader = attributesOf(message, HEADER);
  let tuple = NO_TUPLE;
  let mark = 0;
  let status = 0;
  let id = 0;
  let zone = 0;
  let pickedUp = false;
  while (reader.next()) {
    if (reader.type === ct.CTA_TUPLE_ORIG) tuple = readTuple(reader.nested());
    else if (reader.type === ct.CTA_MARK) mark = reader.u32be();
    else if (reader.type === ct.CTA_STATUS) status = reader.u32be();
    else if (reader.type === ct.CTA_ID) id = reader.u32be();
    else if (reader.type === ct.CTA_ZONE) zone = reader.u16be();
    else if (reader.type === ct.CTA_PROTOINFO) pickedUp = isLiberal(reader.nested());
  }
  reader.finish("a conntrack entry");
  const replied = (status & ct.IPS_SEEN_REPLY) !== 0;
  return { entry: { ...tuple, ...(zone === 0 ? {} : { zone }), mark, replied, pickedUp }, id };
}

/** tcp_new() in nf_conntrack_proto_tcp.c gives an entry that begins in mid-stream liberal windows. */
function isLiberal(protocol: AttributeReader): boolean {
  let liberal = false;
  while (protocol.next()) {
    if (protocol.type !== ct.CTA_PROTOINFO_TCP) continue;
    const tcp = protocol.nested();
    while (tcp.next())
      if (tcp.type === ct.CTA_PROTOINFO_TCP_FLAGS_ORIGINAL)
        liberal = (tcp.u8() & ct.IP_CT_TCP_FLAG_BE_LIBERAL) !== 0;
  }
  return liberal;
}
