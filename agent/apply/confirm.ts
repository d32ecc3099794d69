import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Agent } from "./agent.ts";
import type { Generation } from "./generation.ts";
import { install } from "./install.ts";
import { recover, wishFor } from "./recover.ts";

export interface Confirmed {
  readonly outcome: "confirmed" | "lapsed" | "not-on-probation";
  /** What is in force for good now. */
  readonly generation: Generation | undefined;
  readonly notes: readonly BulkheadError[];
}

/** Keeps the policy that is on probation, if its time is not over. */
export async function confirm(agent: Agent): Promise<Confirmed> {
  const situation = await recover(agent);
  const { trial, held, notes } = situation;
  const lapsed = notes.some(({ code }) => code === "apply/probation-lapsed");
  if (trial === undefined)
    return { outcome: lapsed ? "lapsed" : "not-on-probation", generation: held, notes };
  const { generation } = trial;
  // Its rules are in the kernel already: they keep their stamp, and its flows do not notice.
  const wish = wishFor(generation, { stamp: generation.stamp, wholeTable: true });
  const installed = await install(wish, situation, agent);
  return { outcome: "confirmed", generation: installed.generation, notes: [...notes, ...installed.notes] };
}
