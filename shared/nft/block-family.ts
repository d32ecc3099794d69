import type { Family } from "../net/address.ts";

/** The family of a canonical address or block. */
export function familyOfBlock(block: string): Family {
  return block.includes(":") ? 6 : 4;
}
