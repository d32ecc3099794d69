/** What an apply would do. Changes nothing. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { canonicalJson } from "@bulkhead/shared/rules/canonical-json.ts";
import type { Agent } from "./agent.ts";
import { liveConnections } from "./connections.ts";
import { connectionsCut, type Known } from "./cut.ts";
import { type Effects, effectsOf } from "./effects.ts";
import { resolveFacts } from "./facts.ts";
import { type Draft, digestOf, type Generation, isSameTable } from "./generation.ts";
import { orderFor, type Wish } from "./order.ts";
import { type NamedCut, nameCuts } from "./sessions.ts";
import type { Situation } from "./settle.ts";

export interface Plan {
  readonly host: string;
  /** What is in force; undefined where nothing is. */
  readonly from: Generation | undefined;
  readonly digest: string;
  /** Whether an apply would touch anything: another policy, other facts, or a table that somebody has changed. */
  readonly wouldChange: boolean;
  readonly effects: Effects;
  /** Whether DNS names, units or accounts are no longer what was loaded. */
  readonly factsChanged: boolean;
  /** The live connections that would be cut. */
  readonly cuts: readonly NamedCut[];
  /** What the policy names and this host does not have. */
  readonly missing: readonly string[];
  readonly notes: readonly BulkheadError[];
}

export async function plan(wish: Wish, situation: Situation, agent: Agent): Promise<Plan> {
  const { trial, held, table, notes } = situation;
  const from = trial?.generation ?? held;
  const { policy, log, mask } = orderFor(wish, situation);
  const { facts, missing } = await resolveFacts(policy, from?.facts, agent.kernel);
  const draft: Draft = { digest: digestOf(policy), policy, facts, missing, log };
  const isInForce =
    held !== undefined && trial === undefined && isSameTable(draft, held) && held.stamp.mask === mask;
  return {
    host: policy.host,
    from,
    digest: draft.digest,
    wouldChange: !isInForce || held.listing !== table?.stableText,
    effects: effectsOf(from, draft, agent.now()),
    factsChanged: from !== undefined && canonicalJson(from.facts) !== canonicalJson(facts),
    cuts: await cutsOf(from, draft, agent),
    missing,
    notes,
  };
}

async function cutsOf(from: Known | undefined, to: Known, agent: Agent): Promise<readonly NamedCut[]> {
  const { kernel, processes, now } = agent;
  const { entries } = kernel.conntrack.dump();
  const sockets = kernel.sockets.dump();
  const connections = liveConnections({ entries, sockets, addresses: kernel.host.addresses() });
  return nameCuts(connectionsCut(connections, { from, to, now: now() }), sockets, processes);
}
