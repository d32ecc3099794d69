/** Packets in pieces, and packets with extension headers. */

import { type Flight, packetFour, packetSix } from "./packet.ts";

/** IANA numbers of extension headers that any packet may bear. */
export const EXTENSION = { hopByHop: 0, fragment: 44, destinationOptions: 60 } as const;

const MORE = { 4: 0x2000, 6: 1 } as const;

/** The packet with one payload, cut after `at` bytes of it (a multiple of 8). */
export function inTwo(
  flight: Flight,
  protocol: number,
  payload: Buffer,
  { at, id }: { at: number; id: number },
): [Buffer, Buffer] {
  const [head, tail] = [payload.subarray(0, at), payload.subarray(at)];
  if (!flight.destination.includes(":"))
    return [packetFour(flight, protocol, head, MORE[4], id), packetFour(flight, protocol, tail, at / 8, id)];
  return [
    packetSix(flight, EXTENSION.fragment, Buffer.concat([fragmentHeader(protocol, MORE[6], id), head])),
    packetSix(flight, EXTENSION.fragment, Buffer.concat([fragmentHeader(protocol, at, id), tail])),
  ];
}

/** An IPv6 packet whose payload stands behind extension headers of the given kinds, in their order. */
export function behind(flight: Flight, kinds: readonly number[], protocol: number, payload: Buffer): Buffer {
  const numbers = [...kinds, protocol];
  const headers = kinds.map((_, index) => paddedHeader(numbers[index + 1] ?? protocol));
  return packetSix(flight, numbers[0] ?? protocol, Buffer.concat([...headers, payload]));
}

/** RFC 8200 4.5: offset in bytes (a multiple of 8) with the flag for more fragments in its lowest bit. */
function fragmentHeader(next: number, offsetAndMore: number, id: number): Buffer {
  const header = Buffer.alloc(8);
  header[0] = next;
  header.writeUInt16BE(offsetAndMore, 2);
  header.writeUInt32BE(id, 4);
  return header;
}

/** Eight bytes: the next header's number and a PadN option. */
function paddedHeader(next: number): Buffer {
  return Buffer.from([next, 0, 1, 4, 0, 0, 0, 0]);
}
