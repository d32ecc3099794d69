/** A flow's tuple as ctnetlink writes it. */

import type { Tuple } from "../kernel.ts";
import { readAddress, writeIpv4, writeIpv6 } from "./address-bytes.ts";
import type { AttributeReader } from "./attribute-reader.ts";
import * as ct from "./conntrack-numbers.ts";
import type { NetlinkWriter } from "./netlink-writer.ts";
import { ICMP, ICMPV6 } from "./protocol-numbers.ts";

/** The flow as its replies see it. */
export function reversed(flow: Tuple): Tuple {
  const { source, destination, sourcePort, service } = flow;
  return { ...flow, source: destination, destination: source, sourcePort: service, service: sourcePort };
}

export function isIpv6(flow: Tuple): boolean {
  return flow.source.includes(":");
}

/** Writes the tuple; false where an address is none, or the two are of different families. */
export function writeTuple(writer: NetlinkWriter, type: number, flow: Tuple): boolean {
  const source = addressBytes(flow.source);
  const destination = addressBytes(flow.destination);
  if (source === undefined || source.length !== destination?.length) return false;
  const [from, to] =
    source.length === 4 ? [ct.CTA_IP_V4_SRC, ct.CTA_IP_V4_DST] : [ct.CTA_IP_V6_SRC, ct.CTA_IP_V6_DST];
  writer.nest(type, () => {
    writer.nest(ct.CTA_TUPLE_IP, () => {
      writer.bytes(from, source);
      writer.bytes(to, destination);
    });
    writer.nest(ct.CTA_TUPLE_PROTO, () => writeProtocol(writer, flow));
  });
  return true;
}

function writeProtocol(writer: NetlinkWriter, { protocol, sourcePort, service }: Tuple): void {
  writer.u8(ct.CTA_PROTO_NUM, protocol);
  if (protocol === ICMP || protocol === ICMPV6) {
    const [id, type, code] = protocol === ICMP ? ICMP_ATTRIBUTES : ICMPV6_ATTRIBUTES;
    writer.u16be(id, sourcePort);
    writer.u8(type, service >> 8);
    writer.u8(code, service & 0xff);
  } else {
    writer.u16be(ct.CTA_PROTO_SRC_PORT, sourcePort);
    writer.u16be(ct.CTA_PROTO_DST_PORT, service);
  }
}

const ICMP_ATTRIBUTES = [ct.CTA_PROTO_ICMP_ID, ct.CTA_PROTO_ICMP_TYPE, ct.CTA_PROTO_ICMP_CODE] as const;
const ICMPV6_ATTRIBUTES = [
  ct.CTA_PROTO_ICMPV6_ID,
  ct.CTA_PROTO_ICMPV6_TYPE,
  ct.CTA_PROTO_ICMPV6_CODE,
] as const;

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Reads what is in a tuple's attribute; what it does not say is empty or 0. */
export function readTuple(reader: AttributeReader): Tuple {
  const flow: Mutable<Tuple> = { source: "", destination: "", protocol: 0, sourcePort: 0, service: 0 };
  while (reader.next()) {
    if (reader.type === ct.CTA_TUPLE_IP) readAddresses(reader.nested(), flow);
    else if (reader.type === ct.CTA_TUPLE_PROTO) readProtocol(reader.nested(), flow);
  }
  return flow;
}

function readAddresses(reader: AttributeReader, flow: Mutable<Tuple>): void {
  while (reader.next()) {
    const { type } = reader;
    if (type < ct.CTA_IP_V4_SRC || type > ct.CTA_IP_V6_DST) continue;
    const length = type <= ct.CTA_IP_V4_DST ? 4 : 16;
    const place = reader.place(length);
    if (place === undefined) return;
    const address = readAddress(reader.view, place, length);
    if (type === ct.CTA_IP_V4_SRC || type === ct.CTA_IP_V6_SRC) flow.source = address;
    else flow.destination = address;
  }
}

/** Reads what is in a tuple's CTA_TUPLE_PROTO into the flow. */
export function readProtocol(reader: AttributeReader, flow: Mutable<Tuple>): void {
  while (reader.next()) {
    switch (reader.type) {
      case ct.CTA_PROTO_NUM:
        flow.protocol = reader.u8();
        break;
      case ct.CTA_PROTO_SRC_PORT:
      case ct.CTA_PROTO_ICMP_ID:
      case ct.CTA_PROTO_ICMPV6_ID:
        flow.sourcePort = reader.u16be();
        break;
      case ct.CTA_PROTO_DST_PORT:
        flow.service = reader.u16be();
        break;
      case ct.CTA_PROTO_ICMP_TYPE:
      case ct.CTA_PROTO_ICMPV6_TYPE:
        flow.service |= reader.u8() << 8;
        break;
      case ct.CTA_PROTO_ICMP_CODE:
      case ct.CTA_PROTO_ICMPV6_CODE:
        flow.service |= reader.u8();
        break;
    }
  }
}

function addressBytes(text: string): Uint8Array | undefined {
  const v6 = text.includes(":");
  const bytes = new Uint8Array(v6 ? 16 : 4);
  return (v6 ? writeIpv6 : writeIpv4)(text, bytes, 0) ? bytes : undefined;
}
