/** From the draft of a policy to what has to be sent to the kernel. */

import { memberChanges, needsWholeTable, takesAway } from "@bulkhead/shared/nft/changes.ts";
import { compile } from "@bulkhead/shared/nft/compile.ts";
import { NO_FACTS } from "@bulkhead/shared/nft/facts.ts";
import { onProbation } from "@bulkhead/shared/nft/probation.ts";
import type { MemberChanges, Ruleset } from "@bulkhead/shared/nft/ruleset.ts";
import { transaction } from "@bulkhead/shared/nft/transaction.ts";
import { canonicalJson } from "@bulkhead/shared/rules/canonical-json.ts";
import type { ConntrackEntry, TableObjects, Tuple } from "../kernel/kernel.ts";
import type { Draft, Generation } from "./generation.ts";
import type { Order } from "./order.ts";
import { PRIMING, stampsIn } from "./present.ts";
import { readBackProblem } from "./read-back.ts";
import type { Situation } from "./settle.ts";
import { chooseStamp, type StampChoice } from "./stamp.ts";

/** Everything that is sent, and everything that is written down about it. */
export interface Change {
  readonly generation: Generation;
  /** What the table will be. */
  readonly ruleset: Ruleset;
  /** Present where sending the members that differ is enough. */
  readonly members: MemberChanges | undefined;
  /** The whole ruleset for nft, onto a table with these objects. */
  readonly transaction: (present: TableObjects | undefined) => string;
  /** Conntrack entries that bear the new stamp by accident. */
  readonly bearers: readonly Tuple[];
}

export interface Basis {
  readonly order: Order;
  readonly situation: Situation;
  readonly entries: readonly ConntrackEntry[];
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly now: number;
  /** What a probation falls back to, with facts of today; undefined where there is nothing. */
  readonly fallback: Draft | undefined;
}

export function changeTo(draft: Draft, basis: Basis): Change {
  const { order, now } = basis;
  const from = order.wholeTable === true ? undefined : membersBasis(draft, basis);
  const keepsStamp = from !== undefined && !takesPermissions(from, draft);
  const { stamp, bearers } = keepsStamp ? { stamp: from.stamp, bearers: [] } : stampFor(basis);
  const seconds = order.confirmWithinSeconds;
  const generation: Generation = {
    ...draft,
    stamp,
    loadedAt: new Date(now).toISOString(),
    ...(seconds !== undefined && { probation: { seconds } }),
  };
  const plain = rulesetOf(generation);
  const members = from === undefined ? undefined : memberChanges(rulesetOf(from), plain);
  // Other rules, too: then the stamp has to be new, whatever the members do.
  if (from !== undefined && members === undefined)
    return changeTo(draft, { ...basis, order: { ...order, wholeTable: true } });
  const ruleset = seconds === undefined ? plain : onTrial(plain, basis, seconds);
  return { generation, ruleset, members, bearers, transaction: (present) => transaction(ruleset, present) };
}

/** The table of a generation. */
export function rulesetOf({ policy, facts, stamp, log, digest }: Omit<Generation, "loadedAt">): Ruleset {
  return compile(policy, facts, { stamp, log, digest });
}

/** A table that accepts everything and makes conntrack run. */
export function primingRuleset({ policy, stamp }: Generation): Ruleset {
  const open = { ...policy, modes: { ingress: "off", egress: "off" }, rules: [], groups: {} } as const;
  return compile(open, NO_FACTS, { stamp, log: { to: "nowhere" }, digest: PRIMING });
}

/** The generation whose members may be changed in place: the kernel holds it, and holds it as this version would make it. */
function membersBasis(draft: Draft, { order, situation }: Basis): Generation | undefined {
  const { mask, log, confirmWithinSeconds } = order;
  const { held, trial, table } = situation;
  if (held === undefined || trial !== undefined || confirmWithinSeconds !== undefined) return undefined;
  if (held.listing !== table?.stableText || held.stamp.mask !== mask) return undefined;
  if (canonicalJson(held.log) !== canonicalJson(log)) return undefined;
  if (needsWholeTable(held.policy, draft.policy)) return undefined;
  return readBackProblem(rulesetOf(held), table) === undefined ? held : undefined;
}

function takesPermissions(from: Generation, to: Draft): boolean {
  return canonicalJson(from.facts) !== canonicalJson(to.facts) || takesAway(from.policy, to.policy);
}

function stampFor({ order, situation, entries }: Basis): StampChoice {
  if (order.stamp !== undefined) return { stamp: order.stamp, bearers: [] };
  const { mask } = order;
  const remembered = [situation.trial?.generation, situation.held, situation.current].flatMap(
    (one) => one?.stamp ?? [],
  );
  return chooseStamp({ mask, inUse: [...remembered, ...stampsIn(situation.table, mask)], entries });
}

function onTrial(next: Ruleset, { situation: { held }, fallback }: Basis, seconds: number): Ruleset {
  const previous =
    held === undefined || fallback === undefined ? undefined : rulesetOf({ ...fallback, stamp: held.stamp });
  return onProbation({ next, previous, seconds });
}
