import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Agent } from "./agent.ts";
import type { Generation } from "./generation.ts";
import { install } from "./install.ts";
import type { Installed } from "./order.ts";
import { fallBack, recover, wishFor } from "./recover.ts";

export interface RolledBack {
  readonly outcome: "rolled-back" | "probation-ended" | "no-previous";
  /** What is in force now; undefined where nothing is. */
  readonly generation: Generation | undefined;
  /** What was in force before. */
  readonly from: Generation | undefined;
  readonly installed?: Installed;
  readonly notes: readonly BulkheadError[];
}

/**
 * Returns to the previous policy. A policy on probation is ended; else the current and the previous policy change places, so that a second rollback leads back. DNS
 * names, units and accounts are those of now.
 */
export async function rollback(agent: Agent): Promise<RolledBack> {
  const situation = await recover(agent);
  const { trial, held, previous, current, notes } = situation;
  if (trial !== undefined) {
    await fallBack(held, trial.generation.stamp.mask, { situation, agent });
    return { outcome: "probation-ended", generation: held, from: trial.generation, notes };
  }
  if (previous === undefined || previous.digest === held?.digest)
    return { outcome: "no-previous", generation: held, from: held, notes };
  const installed = await install(wishFor(previous), situation, agent);
  return {
    outcome: "rolled-back",
    generation: installed.generation,
    from: held ?? current,
    installed,
    notes: [...notes, ...installed.notes],
  };
}
