/** Our part of the conntrack marks, where it is no longer wanted. */

import type { Agent } from "./agent.ts";
import type { Generation } from "./generation.ts";
import type { Situation } from "./settle.ts";

/** Bits that were ours and are so no more once this generation is in force. */
export function staleMasks({ stamp, probation }: Generation, { held, trial }: Situation): number {
  if (probation !== undefined) return 0;
  const before = [held, trial?.generation].reduce((mask, one) => mask | (one?.stamp.mask ?? 0), 0);
  return (before & ~stamp.mask) >>> 0;
}

/** Takes these bits off every conntrack entry that has any of them. Gives how many had. */
export function takeMarksOff(mask: number, { kernel }: Agent): number {
  if (mask === 0) return 0;
  const marked = kernel.conntrack.dump().entries.filter(({ mark }) => (mark & mask) !== 0);
  return marked.filter((entry) => kernel.conntrack.setMark(entry, { mask, value: 0 })).length;
}
