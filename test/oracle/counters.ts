/** The counters of `table inet bulkhead`, as the nft command lists them and as the policy says they should move. */

import { ruleComment } from "@bulkhead/shared/nft/comment.ts";
import { DEFAULT_COMMENT } from "@bulkhead/shared/nft/denial.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";

/** "ingress orders shop.yaml:12" -> packets, summed over all lines of the rule. */
export type Counters = ReadonlyMap<string, number>;

export function parseCounters(listing: string): Counters {
  const counters = new Map<string, number>();
  for (const chain of listing.split("\n\tchain ").slice(1)) {
    const direction = /^(ingress|egress|input|output)/.exec(chain)?.[1];
    for (const [, packets, comment] of chain.matchAll(
      /counter packets (\d+) bytes \d+.*? comment "([^"]*)"$/gm,
    )) {
      const name = `${direction} ${comment}`;
      counters.set(name, (counters.get(name) ?? 0) + Number(packets));
    }
  }
  return counters;
}

/** By how much each counter has grown that has grown at all, sorted by name. */
export function growth(before: Counters, after: Counters): Map<string, number> {
  const names = [...after.keys()].sort();
  const all = names.map((name): [string, number] => [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)]);
  return new Map(all.filter(([, packets]) => packets !== 0));
}

/** The counter that moves for a judgement; none where nothing is judged. */
export function counterOf(direction: Direction, { rule, verdict, mode }: Judgement): string[] {
  if (mode === "off") return [];
  if (rule) return [`${direction} ${ruleComment(rule)}`];
  return verdict === "allow" ? [] : [`${direction} ${DEFAULT_COMMENT}`];
}
