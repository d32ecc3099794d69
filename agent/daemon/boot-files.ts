/** What bulkhead-boot will load before this daemon runs again, kept in agreement with what is known now. */

import { DEFAULT_MARK_MASK, type LogTarget, type Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import { resolveFacts } from "../apply/facts.ts";
import { digestOf } from "../apply/generation.ts";
import type { StateStore } from "../apply/state-store.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Journal } from "./journal.ts";
import type { PolicySource } from "./policy-source.ts";

export interface BootFiles {
  readonly store: StateStore;
  /** Asked once: the floor's names and units are not followed. */
  readonly kernel: Pick<Kernel, "host">;
  readonly floor: PolicySource | undefined;
  readonly log: LogTarget;
  readonly mask: number | undefined;
  readonly journal: Journal;
}

/** Never throws: the rules in the kernel do not depend on it, and what is wrong is said. */
export async function keepBootFiles(parts: BootFiles): Promise<void> {
  const { store, journal } = parts;
  try {
    const repaired = store.repairBoot();
    if (repaired.length > 0) journal.bootRepaired(repaired);
    await keepFloor(parts);
  } catch (error) {
    journal.bootTrouble(error);
  }
}

async function keepFloor({ store, kernel, floor, log, mask, journal }: BootFiles): Promise<void> {
  if (floor === undefined) return store.keepFloor(undefined);
  const found = await floor.read();
  if (found.state !== "current") {
    // What was written when it could be read stays.
    for (const problem of found.problems) journal.floor(problem);
    return;
  }
  const { policy } = found.desired;
  const { facts, missing } = await resolveFacts(policy, undefined, kernel);
  const stamp = firstStamp(mask ?? DEFAULT_MARK_MASK);
  store.keepFloor({ digest: digestOf(policy), policy, facts, missing, stamp, log });
}

/** Any but 0: after a boot no connection bears one yet. */
function firstStamp(mask: number): Stamp {
  return { mask, value: (mask & -mask) >>> 0 };
}
