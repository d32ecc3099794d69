/** The beginning of an IP packet, as somebody sent it: nothing in it is to be trusted. RFC 791, RFC 8200, RFC 792, RFC 4443. */

import type { Tuple } from "../kernel.ts";
import type { AddressTexts } from "./address-texts.ts";
import { DCCP, ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from "./protocol-numbers.ts";

/** Headers of IPv6 that stand before the transport's, and are as long as their second byte says. */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;

export interface IpPacket {
  /** Of what a fragment behind the first, or a packet that was cut before its ports, does not say: 0. Undefined where there is no telling the protocol. */
  readonly flow: Tuple | undefined;
  /** Of the whole packet, as its header says. */
  readonly bytes: number;
}

/** Where in the view the transport's header is, and whether it is there at all. */
interface Transport {
  readonly protocol: number;
  readonly at: number;
  readonly end: number;
}

/** Reads the packet whose beginning is `[start, end)`. Never throws, never reads elsewhere. */
export function readIpPacket(view: DataView, { start, end }: Slice, texts: AddressTexts): IpPacket {
  const version = end > start ? view.getUint8(start) >> 4 : 0;
  if (version === 4 && end - start >= IPV4_HEADER) return readIpv4(view, { start, end }, texts);
  if (version === 6 && end - start >= IPV6_HEADER) return readIpv6(view, { start, end }, texts);
  return { flow: undefined, bytes: end - start };
}

export interface Slice {
  readonly start: number;
  readonly end: number;
}

function readIpv4(view: DataView, { start, end }: Slice, texts: AddressTexts): IpPacket {
  const headerBytes = (view.getUint8(start) & 0xf) * 4;
  const bytes = view.getUint16(start + 2) || end - start;
  if (headerBytes < IPV4_HEADER) return { flow: undefined, bytes };
  const isFirst = (view.getUint16(start + 6) & 0x1fff) === 0;
  const transport = {
    protocol: view.getUint8(start + 9),
    at: start + headerBytes,
    end: isFirst ? end : start,
  };
  const source = texts.at(start + 12, 4);
  const destination = texts.at(start + 16, 4);
  return { flow: { source, destination, ...readTransport(view, transport) }, bytes };
}

function readIpv6(view: DataView, { start, end }: Slice, texts: AddressTexts): IpPacket {
  const payload = view.getUint16(start + 4);
  // A jumbogram says 0 here and its length in an option, which nobody sends.
  const bytes = payload === 0 ? end - start : IPV6_HEADER + payload;
  const transport = findTransport(view, { start, end });
  if (transport === undefined) return { flow: undefined, bytes };
  const source = texts.at(start + 8, 16);
  const destination = texts.at(start + 24, 16);
  return { flow: { source, destination, ...readTransport(view, transport) }, bytes };
}

/** Walks over the extension headers; undefined where they are cut off before the transport is named. */
function findTransport(view: DataView, { start, end }: Slice): Transport | undefined {
  let protocol = view.getUint8(start + 6);
  let at = start + IPV6_HEADER;
  let readable = end;
  while (isExtension(protocol)) {
    if (at + 8 > end) return undefined;
    const next = view.getUint8(at);
    if (protocol === FRAGMENT && (view.getUint16(at + 2) & 0xfff8) !== 0) {
      // Behind the first fragment's headers comes the middle of something, of which only the kind is known.
      return { protocol: next, at: start, end: start };
    }
    at += extensionBytes(protocol, view.getUint8(at + 1));
    if (at > end) readable = start;
    protocol = next;
  }
  return { protocol, at, end: readable };
}

function isExtension(protocol: number): boolean {
  switch (protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HIP:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

function extensionBytes(protocol: number, length: number): number {
  if (protocol === FRAGMENT) return 8;
  return protocol === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
}

type Ports = Pick<Tuple, "protocol" | "sourcePort" | "service">;

function readTransport(view: DataView, { protocol, at, end }: Transport): Ports {
  const portless = { protocol, sourcePort: 0, service: 0 };
  switch (protocol) {
    case TCP:
    case UDP:
    case UDPLITE:
    case SCTP:
    case DCCP:
      if (at + 4 > end) return portless;
      return { protocol, sourcePort: view.getUint16(at), service: view.getUint16(at + 2) };
    case ICMP:
    case ICMPV6: {
      if (at + 2 > end) return portless;
      const service = view.getUint16(at);
      const hasId = at + 6 <= end && isAsking(protocol, service >> 8);
      return { protocol, sourcePort: hasId ? view.getUint16(at + 4) : 0, service };
    }
    default:
      return portless;
  }
}

/** Whether messages of this ICMP type bear an id: those that ask, and their answers. The same ones as in conntrack. */
function isAsking(protocol: number, type: number): boolean {
  return protocol === ICMP ? ICMP_WITH_ID.has(type) : ICMPV6_WITH_ID.has(type);
}

/** Echo, timestamp, information, address mask: request and reply. */
const ICMP_WITH_ID: ReadonlySet<number> = new Set([0, 8, 13, 14, 15, 16, 17, 18]);
/** Echo. */
const ICMPV6_WITH_ID: ReadonlySet<number> = new Set([128, 129]);
