/** The one way in which a policy gets into the kernel: apply, confirm, rollback and the end of a probation are all this. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Agent } from "./agent.ts";
import { changeTo } from "./change.ts";
import { liveConnections } from "./connections.ts";
import { connectionsCut } from "./cut.ts";
import { refreshFacts, resolveFacts } from "./facts.ts";
import { type Draft, digestOf, type Generation, isSameTable } from "./generation.ts";
import { load, promote, readBack, roomFor } from "./loading.ts";
import { staleMasks, takeMarksOff } from "./marks.ts";
import { type Installed, type Order, orderFor, type Wish } from "./order.ts";
import { prime } from "./priming.ts";
import { nameCuts } from "./sessions.ts";
import type { Situation } from "./settle.ts";

/**
 * Leads from the situation, in which nothing is left to repair, to the ordered policy. Whatever happens on the way, the kernel holds the old policy or the new one, and the state
 * files tell the next command which: what is about to be loaded is written down before the kernel is touched, and the table in the kernel says which one it is.
 */
export async function install(wish: Wish, situation: Situation, agent: Agent): Promise<Installed> {
  const { kernel, store, step, now } = agent;
  const from = situation.trial?.generation ?? situation.held;
  const order = orderFor(wish, situation);

  const draft = await step("resolve-facts", () => draftOf(order, from, agent));
  if (isInForce(draft, order, situation)) return unchanged(draft, situation);

  const { change, entries, lost } = await step("compile", async () => {
    const { entries, lost } = kernel.conntrack.dump();
    const fallback = await fallbackOf(order, situation, agent);
    return { change: changeTo(draft, { order, situation, entries, now: now(), fallback }), entries, lost };
  });
  const { generation, members } = change;

  const isUrgent = order.urgent === true;
  await step("check", async () => {
    // A failed load is dear, a check costs half as much as one that succeeds; nothing is changed by either.
    if (members === undefined && !isUrgent)
      await kernel.nft.check(change.transaction(situation.table?.objects));
  });
  const cuts = await step("find-cuts", () => {
    // The policy that was in force cuts nothing that it allows.
    if (isUrgent && from?.digest === draft.digest) return [];
    const sockets = kernel.sockets.dump();
    const connections = liveConnections({ entries, sockets, addresses: kernel.host.addresses() });
    return nameCuts(connectionsCut(connections, { from, to: draft, now: now() }), sockets, agent.processes);
  });
  await step("approve", async () => {
    if (!(await agent.approve(cuts)))
      throw new BulkheadError("apply/declined", "declined; nothing was changed");
  });

  await step("write-pending", () => store.writePending(generation, roomFor(change)));
  const isFirst = situation.table === undefined && !isUrgent;
  const adopted = isFirst ? await prime(change, entries, agent) : 0;
  try {
    await step("load", () => load(change, situation, agent));
  } catch (error) {
    if (!isRefusedByMembers(error)) throw error;
    // Somebody changed the table since it was read: then all of it is written anew.
    const table = await kernel.nft.read();
    return install({ ...order, wholeTable: true }, { ...situation, table }, agent);
  }
  const table = await step("read-back", () => readBack(change, agent));
  await step("promote", () => promote(change, table, agent));
  await step("tidy-marks", () => takeMarksOff(staleMasks(generation, situation), agent));

  const outcome = generation.probation === undefined ? "applied" : "on-probation";
  const way = members === undefined ? "table" : "members";
  const notes = [...unseen(lost), ...fallsOpen(order, situation)];
  return { outcome, way, generation, from, before: beforeOf(situation), cuts, adopted, notes };
}

function beforeOf({ table, held, trial }: Situation): Installed["before"] {
  if (table === undefined) return "nothing";
  return (trial ?? held) === undefined ? "unknown" : "known";
}

/** What the state does not know cannot be what a probation falls back to. */
function fallsOpen({ confirmWithinSeconds }: Order, situation: Situation): readonly BulkheadError[] {
  if (confirmWithinSeconds === undefined || beforeOf(situation) !== "unknown") return [];
  const words = "without a confirm nothing will be enforced: the policy before is not known to the state";
  return [new BulkheadError("apply/unknown-table", words, { remedy: "Confirm in time, or apply again." })];
}

async function draftOf(order: Order, from: Generation | undefined, { kernel }: Agent): Promise<Draft> {
  const { policy, log, stamp, facts = from?.facts } = order;
  // What keeps its stamp is in the kernel already.
  const isThere = stamp !== undefined && facts !== undefined;
  const resolved = isThere ? refreshFacts(policy, facts, kernel) : resolveFacts(policy, facts, kernel);
  return { digest: digestOf(policy), policy, log, ...(await resolved) };
}

/** What a probation falls back to, its units and accounts as they are now. */
async function fallbackOf(order: Order, { held }: Situation, { kernel }: Agent): Promise<Draft | undefined> {
  if (order.confirmWithinSeconds === undefined || held === undefined) return undefined;
  return { ...held, ...(await refreshFacts(held.policy, held.facts, kernel)) };
}

/** Nothing to do, and so nothing to touch. */
function isInForce(draft: Draft, { mask, keepsClock }: Order, { held, trial, table }: Situation): boolean {
  const present = trial === undefined ? held : keepsClock === true ? trial.generation : undefined;
  if (present === undefined || table === undefined) return false;
  return isSameTable(draft, present) && present.stamp.mask === mask && present.listing === table.stableText;
}

function unchanged(draft: Draft, { held, trial }: Situation): Installed {
  const generation = trial?.generation ?? held;
  if (generation === undefined) throw new RangeError("nothing is in force that could be unchanged");
  const { missing } = draft;
  return {
    outcome: "unchanged",
    way: "nothing",
    generation: { ...generation, missing },
    from: held,
    before: "known",
    cuts: [],
    adopted: 0,
    notes: [],
  };
}

function isRefusedByMembers(error: unknown): boolean {
  return error instanceof BulkheadError && error.code === "kernel/netlink-refused";
}

function unseen(lost: number): readonly BulkheadError[] {
  if (lost === 0) return [];
  return [new BulkheadError("apply/connections-unseen", `${lost} conntrack entries could not be listed`)];
}
