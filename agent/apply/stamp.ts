/** The choice of the next generation's stamp. */

import type { Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import type { ConntrackEntry, Tuple } from "../kernel/kernel.ts";

export interface StampQuestion {
  /** Contiguous bits, at least 4. */
  readonly mask: number;
  /** Stamps that the table in the kernel writes or accepts now; the first is the one to count on from. */
  readonly inUse: readonly Stamp[];
  readonly entries: readonly ConntrackEntry[];
}

export interface StampChoice {
  readonly stamp: Stamp;
  /** Entries that bear the stamp already, from long ago. Their bits have to be taken off before it may be used. */
  readonly bearers: readonly Tuple[];
}

/**
 * The next value in turn that no conntrack entry bears and the table does not use: a flow that bears the new stamp would pass unjudged. So a wrap-around is harmless, and so is an
 * agent that has forgotten what it chose before. Where every value is borne by some entry, the one with the fewest.
 */
export function chooseStamp({ mask, inUse, entries }: StampQuestion): StampChoice {
  const used = new Set(inUse.map(({ value }) => (value & mask) >>> 0));
  const bearers = Map.groupBy(entries, ({ mark }) => (mark & mask) >>> 0);
  const count = (value: number) => bearers.get(value)?.length ?? 0;
  const candidates = inTurn(mask, inUse[0]?.value ?? 0).filter((value) => !used.has(value));
  const value = candidates.reduce((best, one) => (count(one) < count(best) ? one : best));
  return { stamp: { mask, value }, bearers: bearers.get(value) ?? [] };
}

/** As many values as are looked at: a wide mask has billions. */
const LOOKED_AT = 1024;

/** Values under the mask but 0, which means that nobody has judged the flow yet; the one after `from` first. */
function inTurn(mask: number, from: number): readonly number[] {
  const lowestBit = (mask & -mask) >>> 0;
  const count = mask / lowestBit;
  const last = ((from & mask) >>> 0) / lowestBit;
  return Array.from(
    { length: Math.min(count, LOOKED_AT) },
    (_, step) => (((last + step) % count) + 1) * lowestBit,
  );
}

/** What is wrong with a mask, in words; undefined for a good one. */
export function maskProblem(mask: number): string | undefined {
  if (!Number.isInteger(mask) || mask <= 0 || mask > 0xffffffff) return "it is not a 32-bit number above 0";
  const count = mask / ((mask & -mask) >>> 0);
  if (!Number.isInteger(Math.log2(count + 1))) return "its bits are not next to one another";
  return count < 15 ? "it has fewer than 4 bits" : undefined;
}
