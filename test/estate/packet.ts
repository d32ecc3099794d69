/** Packets written byte by byte, for what no socket sends: other protocols, ICMP types, fragments, extension headers. */

import { addressBytes } from "./worker/socket-address.ts";

export interface Flight {
  readonly source: string;
  readonly destination: string;
  /** Hops left; 64 unless set. */
  readonly hops?: number;
}

const NUMBER = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;

/** A whole packet of either family with one payload of an IP protocol. */
export function packet(flight: Flight, protocol: number, payload: Buffer): Buffer {
  return isSix(flight) ? packetSix(flight, protocol, payload) : packetFour(flight, protocol, payload);
}

/** RFC 791. The kernel fills in the checksum. `fragment` is the flags and offset field: 0x2000 more fragments, offset in units of 8 bytes. */
export function packetFour(flight: Flight, protocol: number, payload: Buffer, fragment = 0, id = 0): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(id, 4);
  header.writeUInt16BE(fragment, 6);
  header[8] = flight.hops ?? 64;
  header[9] = protocol;
  addressBytes(flight.source).copy(header, 12);
  addressBytes(flight.destination).copy(header, 16);
  return Buffer.concat([header, payload]);
}

/** RFC 8200. `next` is the number of the first header of `payload`, which may begin with extension headers. */
export function packetSix(flight: Flight, next: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(payload.length, 4);
  header[6] = next;
  header[7] = flight.hops ?? 64;
  addressBytes(flight.source).copy(header, 8);
  addressBytes(flight.destination).copy(header, 24);
  return Buffer.concat([header, payload]);
}

/** A TCP segment without data; `flags` as in the header (0x02 SYN, 0x10 ACK). */
export function tcpSegment(flight: Flight, ports: readonly [number, number], flags = 0x02): Buffer {
  const segment = Buffer.alloc(20);
  segment.writeUInt16BE(ports[0], 0);
  segment.writeUInt16BE(ports[1], 2);
  segment.writeUInt32BE(1, 4);
  segment[12] = 0x50;
  segment[13] = flags;
  segment.writeUInt16BE(0xffff, 14);
  segment.writeUInt16BE(checksum(flight, NUMBER.tcp, segment), 16);
  return segment;
}

export function udpDatagram(
  flight: Flight,
  ports: readonly [number, number],
  data: Buffer = Buffer.alloc(16),
): Buffer {
  const datagram = Buffer.concat([Buffer.alloc(8), data]);
  datagram.writeUInt16BE(ports[0], 0);
  datagram.writeUInt16BE(ports[1], 2);
  datagram.writeUInt16BE(datagram.length, 4);
  datagram.writeUInt16BE(checksum(flight, NUMBER.udp, datagram) || 0xffff, 6);
  return datagram;
}

/** An ICMP or ICMPv6 message; `body` follows the checksum (for an echo: id and sequence). */
export function icmpMessage(
  flight: Flight,
  type: number,
  code = 0,
  body: Buffer = Buffer.from([0, 7, 0, 1]),
): Buffer {
  const message = Buffer.concat([Buffer.from([type, code, 0, 0]), body]);
  const protocol = isSix(flight) ? NUMBER.icmpv6 : undefined;
  message.writeUInt16BE(checksum(flight, protocol, message), 2);
  return message;
}

/** An SCTP INIT, RFC 9260: what begins an association. */
export function sctpInit(ports: readonly [number, number]): Buffer {
  const packet = Buffer.alloc(12 + 20);
  packet.writeUInt16BE(ports[0], 0);
  packet.writeUInt16BE(ports[1], 2);
  packet[12] = 1;
  packet.writeUInt16BE(20, 14);
  packet.writeUInt32BE(1, 16);
  packet.writeUInt32BE(0xffff, 20);
  packet.writeUInt32BE(0x00010001, 24);
  packet.writeUInt32LE(crc32c(packet), 8);
  return packet;
}

function isSix(flight: Flight): boolean {
  return flight.destination.includes(":");
}

/** RFC 1071, over the pseudo header too where a protocol is given. */
function checksum(flight: Flight, protocol: number | undefined, data: Buffer): number {
  const pseudo =
    protocol === undefined
      ? Buffer.alloc(0)
      : Buffer.concat([
          addressBytes(flight.source),
          addressBytes(flight.destination),
          Buffer.from([0, protocol, data.length >> 8, data.length & 0xff]),
        ]);
  const padding = Buffer.alloc(data.length % 2);
  const bytes = Buffer.concat([pseudo, data, padding]);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Castagnoli's CRC, which SCTP uses. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
