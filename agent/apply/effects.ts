/** What a change of policy means on this host: in the policy's nouns, and as reach. */

import type { Known } from "./cut.ts";
import { reachChanges } from "./host-reach.ts";
import { type PolicyChanges, policyChanges } from "./policy-changes.ts";
import { type ReachLine, reachLine } from "./reach-words.ts";

export interface Effects extends PolicyChanges {
  readonly reach: { readonly gained: readonly ReachLine[]; readonly lost: readonly ReachLine[] };
}

/** `now` in milliseconds since 1970-01-01T00:00Z; `from` is undefined where nothing was enforced. */
export function effectsOf(from: Known | undefined, to: Known, now: number): Effects {
  const { gained, lost } = reachChanges(from, to, now);
  const known = from === undefined ? [to] : [from, to];
  return {
    ...policyChanges(from?.policy, to.policy),
    reach: {
      gained: gained.map((reach) => reachLine(reach, known)),
      lost: lost.map((reach) => reachLine(reach, known)),
    },
  };
}
