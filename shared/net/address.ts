/** An IP address as a number, so that sets of addresses are sets of ranges. */

/** 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6;

/** `value` is the address in network order as an integer: 0 ≤ value < 2^32 (family 4) or 2^128 (family 6). */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** The highest `value` that each family has. */
export const HIGHEST: Readonly<Record<Family, bigint>> = { 4: 0xffffffffn, 6: (1n << 128n) - 1n };

/** How many bits an address of each family has. */
export const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** `::ffff:0:0/96`: how an IPv6 socket writes IPv4 addresses (RFC 4291, 2.5.5.2). None of them is ever on the wire. */
const MAPPED_PREFIX = 0xffffn;

const DOT = 0x2e;
const COLON = 0x3a;

/**
 * Reads one address: dotted IPv4 with four decimal parts, or IPv6 as in RFC 4291. An IPv4-mapped address (`::ffff:10.0.0.1`) is
 * the IPv4 address that it stands for. Leading zeros in IPv4 (which some read as octal), zones (`fe80::1%eth0`) and spaces are no address.
 */
export function parseAddress(text: string): Address | undefined {
  const address = parseUnmapped(text);
  if (address === undefined || address.family === 4 || address.value >> 32n !== MAPPED_PREFIX) return address;
  return { family: 4, value: address.value & HIGHEST[4] };
}

/** As `parseAddress`, but an IPv4-mapped address stays IPv6. */
export function parseUnmapped(text: string): Address | undefined {
  // The longest text of an address is `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
  if (text.length > 45) return undefined;
  if (text.includes(":")) {
    const groups = parseGroups(text);
    return groups === undefined ? undefined : { family: 6, value: joinGroups(groups) };
  }
  const value = parseDotted(text, 0);
  return value === undefined ? undefined : { family: 4, value: BigInt(value) };
}

/** The 32 bits of a dotted address that begins at `start` and ends with the text. */
function parseDotted(text: string, start: number): number | undefined {
  let value = 0;
  let part = 0;
  let digits = 0;
  let parts = 0;
  for (let at = start; at <= text.length; at++) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || part > 255 || ++parts > 4) return undefined;
      value = value * 256 + part;
      part = 0;
      digits = 0;
    } else {
      const digit = code - 0x30;
      if (digit < 0 || digit > 9 || digits === 3 || (digits === 1 && part === 0)) return undefined;
      part = part * 10 + digit;
      digits++;
    }
  }
  return parts === 4 ? value : undefined;
}

/** The eight 16-bit groups of an IPv6 address. */
function parseGroups(text: string): readonly number[] | undefined {
  const groups: number[] = [];
  const leading = text.startsWith("::");
  let gap = leading ? 0 : -1;
  let at = leading ? 2 : 0;
  while (at < text.length) {
    const start = at;
    const group = readGroup(text, start);
    at += group.digits;
    if (text.charCodeAt(at) === DOT) {
      const dotted = parseDotted(text, start);
      if (dotted === undefined) return undefined;
      groups.push(Math.floor(dotted / 65536), dotted % 65536);
      break;
    }
    if (group.digits === 0) return undefined;
    groups.push(group.value);
    if (at === text.length) break;
    // After a group comes a colon, and after that a group or the one gap.
    if (text.charCodeAt(at) !== COLON || ++at === text.length) return undefined;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined;
      gap = groups.length;
      at++;
    }
  }
  return fillGap(groups, gap);
}

function readGroup(text: string, start: number): { value: number; digits: number } {
  let value = 0;
  let digits = 0;
  while (digits < 4) {
    const digit = hexDigit(text.charCodeAt(start + digits));
    if (digit < 0) break;
    value = value * 16 + digit;
    digits++;
  }
  return { value, digits };
}

/** NaN, as `charCodeAt` gives past the end, is no digit either. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** `::` stands for at least one group of zeros. */
function fillGap(groups: number[], gap: number): readonly number[] | undefined {
  if (gap < 0) return groups.length === 8 ? groups : undefined;
  if (groups.length > 7) return undefined;
  groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0));
  return groups;
}

function joinGroups(groups: readonly number[]): bigint {
  const word = (at: number) => BigInt((groups[at] ?? 0) * 65536 + (groups[at + 1] ?? 0));
  return (word(0) << 96n) | (word(2) << 64n) | (word(4) << 32n) | word(6);
}

/** The canonical text: dotted decimal, or RFC 5952 for IPv6 (lower case, the longest run of zero groups as `::`). */
export function formatAddress(address: Address): string {
  if (address.family === 4) {
    const value = Number(address.value);
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  }
  const digits = address.value.toString(16).padStart(32, "0");
  const groups: string[] = [];
  for (let at = 0; at < 32; at += 4) groups.push(Number.parseInt(digits.slice(at, at + 4), 16).toString(16));
  const gap = longestZeros(groups);
  if (gap.length < 2) return groups.join(":");
  return `${groups.slice(0, gap.start).join(":")}::${groups.slice(gap.start + gap.length).join(":")}`;
}

/** The first of the longest runs of zero groups (RFC 5952, 4.2.3). */
function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, at) => {
    if (group !== "0") start = at + 1;
    else if (at + 1 - start > longest.length) longest = { start, length: at + 1 - start };
  });
  return longest;
}

/** Negative, 0 or positive as `a` sorts before, with or after `b`: IPv4 before IPv6, then by number. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}
