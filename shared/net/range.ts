import {
  type Address,
  BITS,
  type Family,
  formatAddress,
  HIGHEST,
  parseAddress,
  parseUnmapped,
} from "./address.ts";

/** All addresses from `first` to `last`, both included, of one family. A single address is a range with equal ends. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** Why a text is no range: what was found and what was expected, and the text that was probably meant. */
export interface RangeProblem {
  readonly kind: "address" | "prefix" | "host-bits" | "mixed" | "reversed";
  readonly problem: string;
  readonly meant?: string;
}

/** Reads an address, a CIDR block without host bits (`10.0.0.0/8`), or `first-last`. IPv4-mapped ones are read as the IPv4 they stand for. */
export function parseRange(text: string): AddressRange | RangeProblem {
  const slash = text.indexOf("/");
  if (slash >= 0) return parseBlock(text, slash);
  const dash = text.indexOf("-");
  if (dash >= 0) return parseEnds(text, dash);
  const address = parseAddress(text);
  return address === undefined ? noAddress(text) : single(address);
}

function parseBlock(text: string, slash: number): AddressRange | RangeProblem {
  const base = parseUnmapped(text.slice(0, slash));
  if (base === undefined) return noAddress(text.slice(0, slash));
  const bits = BITS[base.family];
  const written = text.slice(slash + 1);
  const length = Number(written);
  if (!/^(0|[1-9]\d{0,2})$/.test(written) || length > bits)
    return {
      kind: "prefix",
      problem: `'${text}' has the prefix length '${written}', expected a number from 0 to ${bits}`,
    };
  const hostBits = (1n << BigInt(bits - length)) - 1n;
  const first = base.value & ~hostBits;
  const block = unmap({ family: base.family, first, last: first | hostBits });
  if (first === base.value) return block;
  const meant = formatRange(block);
  return { kind: "host-bits", problem: `'${text}' has host bits set, expected '${meant}'`, meant };
}

/** An IPv6 block of IPv4-mapped addresses as the IPv4 block that it stands for. */
function unmap(range: AddressRange): AddressRange {
  if (range.family === 4 || range.first >> 32n !== 0xffffn || range.last >> 32n !== 0xffffn) return range;
  return { family: 4, first: range.first & HIGHEST[4], last: range.last & HIGHEST[4] };
}

function parseEnds(text: string, dash: number): AddressRange | RangeProblem {
  const firstText = text.slice(0, dash);
  const lastText = text.slice(dash + 1);
  const first = parseAddress(firstText);
  if (first === undefined) return noAddress(firstText);
  const last = parseAddress(lastText);
  if (last === undefined) return noAddress(lastText);
  if (first.family !== last.family)
    return {
      kind: "mixed",
      problem: `'${text}' begins in IPv${first.family} and ends in IPv${last.family}, expected one family`,
    };
  if (first.value > last.value)
    return {
      kind: "reversed",
      problem: `'${text}' ends before it begins, expected the lower address first`,
      meant: `${lastText}-${firstText}`,
    };
  return { family: first.family, first: first.value, last: last.value };
}

function noAddress(text: string): RangeProblem {
  return { kind: "address", problem: `'${text}' is no IPv4 or IPv6 address` };
}

/** Canonical text: `a` for one address, `a/n` for a block, else `a-b`. */
export function formatRange(range: AddressRange): string {
  const first = formatAddress({ family: range.family, value: range.first });
  if (range.first === range.last) return first;
  const length = prefixLength(range);
  if (length !== undefined) return `${first}/${length}`;
  return `${first}-${formatAddress({ family: range.family, value: range.last })}`;
}

/** The prefix length if the range is one CIDR block. */
export function prefixLength(range: AddressRange): number | undefined {
  const size = range.last - range.first + 1n;
  if ((size & (size - 1n)) !== 0n || (range.first & (size - 1n)) !== 0n) return undefined;
  return BITS[range.family] - (size.toString(2).length - 1);
}

/** The range that holds this address alone. */
export function single(address: Address): AddressRange {
  return { family: address.family, first: address.value, last: address.value };
}

export function rangeContains(range: AddressRange, address: Address): boolean {
  return range.family === address.family && range.first <= address.value && address.value <= range.last;
}

/** Negative, 0 or positive as `a` sorts before, with or after `b`: IPv4 before IPv6, then by first address, then by last. */
export function compareRanges(a: AddressRange, b: AddressRange): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last < b.last ? -1 : a.last > b.last ? 1 : 0;
}
