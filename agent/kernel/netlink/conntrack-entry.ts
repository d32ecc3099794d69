/** One entry of the conntrack table, as ctnetlink dumps it. */

import type { ConntrackEntry, Tuple } from "../kernel.ts";
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
  while (reader.next()) {
    if (reader.type === ct.CTA_TUPLE_ORIG) tuple = readTuple(reader.nested());
    else if (reader.type === ct.CTA_MARK) mark = reader.u32be();
    else if (reader.type === ct.CTA_STATUS) status = reader.u32be();
    else if (reader.type === ct.CTA_ID) id = reader.u32be();
  }
  reader.finish("a conntrack entry");
  return { entry: { ...tuple, mark, replied: (status & ct.IPS_SEEN_REPLY) !== 0 }, id };
}
