/** An IP address as a number, so that sets of addresses are sets of ranges. */

/** 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6;

/** `value` is the address in network order as an integer: 0 ≤ value < 2^32 (family 4) or 2^128 (family 6). */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}
