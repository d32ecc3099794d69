/** Addresses as bytes that sort as their numbers do, so that a block is a range of them. */

import { OTHERS } from "@bulkhead/shared/flow/record.ts";
import { type Family, formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";
import type { AddressRange } from "@bulkhead/shared/net/range.ts";

const BYTES: Readonly<Record<Family, number>> = { 4: 4, 6: 16 };

/** Four or sixteen bytes; none for OTHERS; undefined where the text is not canonical. */
export function addressKey(text: string): Buffer | undefined {
  if (text === OTHERS) return Buffer.alloc(0);
  const address = parseAddress(text);
  if (address === undefined || formatAddress(address) !== text) return undefined;
  return bytesOf(address.value, address.family);
}

export function addressText(key: Buffer): string {
  if (key.length === 0) return OTHERS;
  const family: Family = key.length === BYTES[4] ? 4 : 6;
  return formatAddress({ family, value: BigInt(`0x${key.toString("hex")}`) });
}

/** The first and the last of a block; those of the other family, which lie among them, have another length. */
export function keyRange({ family, first, last }: AddressRange): {
  readonly first: Buffer;
  readonly last: Buffer;
  readonly length: number;
} {
  return { first: bytesOf(first, family), last: bytesOf(last, family), length: BYTES[family] };
}

function bytesOf(value: bigint, family: Family): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * BYTES[family], "0"), "hex");
}
