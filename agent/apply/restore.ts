/**
 * Puts back what the kernel has just held, where somebody has deleted our table. Nothing has to be found out for that: it is the same table to the last bit, its stamp too, as no
 * flow can have got that stamp while there was no table. So it is one start of nft, before any look; whoever restores looks afterwards.
 */

import { onProbation } from "@bulkhead/shared/nft/probation.ts";
import type { Ruleset } from "@bulkhead/shared/nft/ruleset.ts";
import { creation } from "@bulkhead/shared/nft/transaction.ts";
import type { Agent } from "./agent.ts";
import { rulesetOf } from "./change.ts";
import type { Generation } from "./generation.ts";

/** What the kernel holds, as far as that is known without asking it. */
export interface Holding {
  /** In force, for good or on probation. */
  readonly generation: Generation;
  /** Present during a probation. */
  readonly probation?: {
    /** What the kernel goes back to; undefined: to letting everything pass. */
    readonly below: Generation | undefined;
    /** When, by the clock that nobody sets, in milliseconds. */
    readonly ends: number;
  };
}

/**
 * True where it is in the kernel again; false where there is nothing to be put back any more, or the kernel has not taken it, as it does not where there is a table again. Then nothing
 * has changed. `steady`: the clock that nobody sets, in milliseconds.
 */
export async function restore(
  holding: Holding,
  { kernel }: Pick<Agent, "kernel">,
  steady: () => number,
): Promise<boolean> {
  const ruleset = rulesetNow(holding, steady());
  if (ruleset === undefined) return false;
  try {
    await kernel.nft.load(creation(ruleset));
    return true;
  } catch {
    // Whatever it was, the usual way meets it again and tells of it.
    return false;
  }
}

/** Undefined where a probation is over. */
function rulesetNow({ generation, probation }: Holding, now: number): Ruleset | undefined {
  const next = rulesetOf(generation);
  if (probation === undefined) return next;
  const seconds = Math.floor((probation.ends - now) / 1000);
  const { below } = probation;
  return seconds < 1 ? undefined : onProbation({ next, previous: below && rulesetOf(below), seconds });
}
