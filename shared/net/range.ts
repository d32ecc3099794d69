import type { Family } from "./address.ts";

/** All addresses from `first` to `last`, both included, of one family. A single address is a range with equal ends. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}
