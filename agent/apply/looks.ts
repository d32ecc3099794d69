/**
 * When a rule was last hit. The kernel counts packets but does not say when (nft 1.0.6 has no `last`), so each look at the counters is remembered: what has grown was hit
 * since the look before.
 */

import { ruleComment } from "@bulkhead/shared/nft/comment.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { RuleCounter } from "../kernel/kernel.ts";
import type { Generation } from "./generation.ts";

/** A span in which there was at least one packet; ISO 8601. */
export interface Hit {
  readonly since: string;
  readonly until: string;
}

export interface Count {
  readonly packets: number;
  readonly bytes: number;
  readonly lastHit?: Hit;
}

/** The counters at one look, by direction and comment. */
export interface Looks {
  /** Which load they belong to: a new table counts from 0. */
  readonly load: string;
  /** ISO 8601. */
  readonly at: string;
  readonly counts: Readonly<Record<string, Count>>;
}

/** What the counters say now, in the light of the look before. */
export function lookAgain(
  before: unknown,
  counters: readonly RuleCounter[],
  { generation, at }: { readonly generation: Generation; readonly at: string },
): Looks {
  const load = `${generation.digest} ${generation.stamp.value} ${generation.loadedAt}`;
  const old = isLooks(before) ? before : { load: "", at: generation.loadedAt, counts: {} };
  const isSameLoad = old.load === load;
  const since = isSameLoad ? old.at : generation.loadedAt;
  const counts = Object.entries(sums(counters)).map(([key, { packets, bytes }]) => {
    const last = old.counts[key];
    const known = isSameLoad ? (last?.packets ?? 0) : 0;
    const lastHit = packets > known ? { since, until: at } : last?.lastHit;
    return [key, { packets, bytes, ...(lastHit !== undefined && { lastHit }) }] as const;
  });
  return { load, at, counts: Object.fromEntries(counts) };
}

/** The count of one rule in one direction. */
export function countOf({ counts }: Looks, direction: Direction, rule: RuleRef): Count {
  return countCalled({ counts }, direction, ruleComment(rule));
}

export function countCalled({ counts }: Pick<Looks, "counts">, direction: Direction, comment: string): Count {
  return counts[`${direction} ${comment}`] ?? { packets: 0, bytes: 0 };
}

/** A rule is several lines: one for each family and peer. On probation, the lines of both rulesets count: a packet meets only one of them. */
function sums(
  counters: readonly RuleCounter[],
): Readonly<Record<string, { packets: number; bytes: number }>> {
  const found: Record<string, { packets: number; bytes: number }> = {};
  for (const { chain, comment, packets, bytes } of counters) {
    const direction = /^(?:next_)?(ingress|egress)/.exec(chain)?.[1];
    if (direction === undefined) continue;
    const key = `${direction} ${comment}`;
    const sum = found[key] ?? { packets: 0, bytes: 0 };
    found[key] = { packets: sum.packets + packets, bytes: sum.bytes + bytes };
  }
  return found;
}

function isLooks(value: unknown): value is Looks {
  if (typeof value !== "object" || value === null) return false;
  const { load, at, counts } = value as Partial<Looks>;
  return typeof load === "string" && typeof at === "string" && typeof counts === "object" && counts !== null;
}
