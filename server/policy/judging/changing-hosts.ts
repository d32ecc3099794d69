/** For which of the hosts that have joined a draft changes anything, in the order in which it should come to them. */

import { type Rankable, spread } from "../rollouts/waves.ts";
import { affectedHosts } from "./affected-hosts.ts";
import { estatePolicy } from "./estate-policy.ts";
import { type JudgingTask, readAgain } from "./plan.ts";

export interface ChangingHosts {
  /** Spread over the kinds of hosts that there are: those that are in just the same segments. */
  readonly changing: readonly string[];
  readonly others: readonly string[];
}

/** Throws a RangeError for a draft that is invalid: whoever asks has read it. */
export function changingHosts(task: JudgingTask): ChangingHosts {
  const next = estatePolicy(readAgain(task.draft), task);
  const active = task.active && estatePolicy(readAgain(task.active), task);
  const affected = new Set(affectedHosts(active, next).map(({ name }) => name));
  const ranked = task.joined.map(
    ({ name }): Rankable => ({ name, kind: [...(next.hosts.get(name)?.segments ?? [])].sort().join() }),
  );
  return {
    changing: spread(ranked.filter(({ name }) => affected.has(name))),
    others: spread(ranked.filter(({ name }) => !affected.has(name))),
  };
}
