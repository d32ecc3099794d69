/** Addresses between text and the kernel's bytes, without a detour over big integers: a full load writes hundreds of thousands. */

import { formatAddress } from "@bulkhead/shared/net/address.ts";

const DOT = 0x2e;
const COLON = 0x3a;
const NONE = -1;

/** Writes the 4 bytes of a canonical IPv4 address; false, and nothing of use written, where the text is none. */
export function writeIpv4(text: string, bytes: Uint8Array, at: number): boolean {
  let value = NONE;
  let part = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? DOT : text.charCodeAt(i);
    if (code === DOT) {
      if (value === NONE || value > 255 || part === 4) return false;
      bytes[at + part++] = value;
      value = NONE;
    } else {
      // A leading zero has no canonical meaning: some read it as octal.
      if (code < 0x30 || code > 0x39 || value === 0 || value > 255) return false;
      value = (value === NONE ? 0 : value) * 10 + code - 0x30;
    }
  }
  return part === 4;
}

/** Writes the 16 bytes of a canonical IPv6 address (no zone, no dotted IPv4 part); false where the text is none. */
export function writeIpv6(text: string, bytes: Uint8Array, at: number): boolean {
  const gap = text.indexOf("::");
  if (gap < 0) return writeGroups(text, bytes, at) === 8;
  bytes.fill(0, at, at + 16);
  const head = gap === 0 ? 0 : writeGroups(text.slice(0, gap), bytes, at);
  if (head < 0 || gap + 2 === text.length) return head >= 0 && head < 8;
  const tail = text.slice(gap + 2);
  const count = countOf(tail, COLON) + 1;
  return head + count < 8 && writeGroups(tail, bytes, at + 16 - 2 * count) === count;
}

/** The canonical text of 4 or 16 bytes in network order. */
export function readAddress(view: DataView, at: number, length: 4 | 16): string {
  if (length === 16) {
    const value = (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
    return formatAddress({ family: 6, value });
  }
  return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;
}

/** As `readAddress`, but an IPv4 address that an IPv6 socket holds comes as IPv4. */
export function readSocketAddress(view: DataView, at: number, length: 4 | 16): string {
  return length === 16 && isMapped(view, at) ? readAddress(view, at + 12, 4) : readAddress(view, at, length);
}

function isMapped(view: DataView, at: number): boolean {
  return view.getUint32(at) === 0 && view.getUint32(at + 4) === 0 && view.getUint32(at + 8) === 0xffff;
}

/** Writes groups of hexadecimal digits; how many there were, or -1 where one is malformed or there are more than eight. */
function writeGroups(text: string, bytes: Uint8Array, at: number): number {
  let count = 0;
  let value = 0;
  let digits = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? COLON : text.charCodeAt(i);
    if (code === COLON) {
      if (digits === 0 || count === 8) return NONE;
      bytes[at + 2 * count] = value >> 8;
      bytes[at + 2 * count++ + 1] = value;
      value = 0;
      digits = 0;
    } else {
      const digit = hexadecimal(code);
      if (digit === NONE || digits++ === 4) return NONE;
      value = value * 16 + digit;
    }
  }
  return count;
}

function hexadecimal(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : NONE;
}

function countOf(text: string, wanted: number): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === wanted) count++;
  return count;
}
