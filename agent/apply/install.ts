/** The one way in which a policy gets into the kernel: apply, confirm, rollback and the end of a probation are all this. */

import { setTimeout as pause } from "node:timers/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import { removal } from "@bulkhead/shared/nft/transaction.ts";
import type { ConntrackEntry, TableInKernel } from "../kernel/kernel.ts";
import { adopt, adoptDatagrams, awaitsDatagrams, connectedFlows } from "./adoption.ts";
import type { Agent } from "./agent.ts";
import { type Change, changeTo, primingRuleset } from "./change.ts";
import { liveConnections } from "./connections.ts";
import { connectionsCut } from "./cut.ts";
import { resolveFacts } from "./facts.ts";
import { type Draft, digestOf, type Generation, isSameTable } from "./generation.ts";
import { type Installed, type Order, orderFor, type Wish } from "./order.ts";
import { isOf, presentOf } from "./present.ts";
import { readBackProblem } from "./read-back.ts";
import { nameCuts } from "./sessions.ts";
import type { Situation } from "./settle.ts";
import { encodeState } from "./state-file.ts";

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

  await step("check", async () => {
    if (members === undefined) await kernel.nft.check(change.transaction(situation.table?.objects));
  });
  const cuts = await step("find-cuts", () => {
    const sockets = kernel.sockets.dump();
    const connections = liveConnections({ entries, sockets, addresses: kernel.host.addresses() });
    return nameCuts(connectionsCut(connections, { from, to: draft, now: now() }), sockets, agent.processes);
  });
  await step("approve", async () => {
    if (!(await agent.approve(cuts)))
      throw new BulkheadError("apply/declined", "declined; nothing was changed");
  });

  await step("write-pending", () => store.writePending(generation, roomFor(change)));
  const adopted = situation.table === undefined ? await begin(change, entries, agent) : 0;
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
  const { policy, log, facts = from?.facts } = order;
  return { digest: digestOf(policy), policy, log, ...(await resolveFacts(policy, facts, kernel)) };
}

/** What a probation falls back to, its units and accounts as they are now. */
async function fallbackOf(order: Order, { held }: Situation, { kernel }: Agent): Promise<Draft | undefined> {
  if (order.confirmWithinSeconds === undefined || held === undefined) return undefined;
  return { ...held, ...(await resolveFacts(held.policy, held.facts, kernel)) };
}

/** Nothing to do, and so nothing to touch. */
function isInForce(draft: Draft, { mask }: Order, { held, trial, table }: Situation): boolean {
  if (held === undefined || trial !== undefined || table === undefined) return false;
  return isSameTable(draft, held) && held.stamp.mask === mask && held.listing === table.stableText;
}

function unchanged(draft: Draft, { held, trial }: Situation): Installed {
  const generation = held ?? trial?.generation;
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

/** As much as the state will need once the table has been read back. */
function roomFor({ generation, ruleset }: Change): number {
  const spare = 64 * 1024;
  return encodeState(generation).length + 2 * render(ruleset).length + spare;
}

/** How long datagrams have to show themselves before the first policy judges them: only a packet tells conntrack that there is a flow. */
const DATAGRAMS_MILLISECONDS = 300;

/** The first policy on this host: conntrack is made to run, and told of the connections that are there already. */
async function begin(change: Change, entries: readonly ConntrackEntry[], agent: Agent): Promise<number> {
  const { kernel, step } = agent;
  try {
    await step("prime", () => kernel.nft.load(render(primingRuleset(change.generation))));
    return await step("adopt", async () => {
      const sockets = kernel.sockets.dump();
      const adopted = adopt(connectedFlows(sockets), entries, kernel.conntrack);
      if (awaitsDatagrams(sockets)) await pause(DATAGRAMS_MILLISECONDS);
      adoptDatagrams(kernel);
      return adopted;
    });
  } catch (error) {
    await kernel.nft.load(removal()).catch(() => {});
    agent.store.dropPending();
    throw error;
  }
}

async function load(change: Change, situation: Situation, agent: Agent): Promise<void> {
  const { kernel, store } = agent;
  const { members, bearers, generation } = change;
  for (const bearer of bearers) kernel.conntrack.setMark(bearer, { mask: generation.stamp.mask, value: 0 });
  const isFirst = situation.table === undefined;
  try {
    if (members !== undefined) kernel.members.apply(members);
    else {
      const objects = isFirst ? (await kernel.nft.read())?.objects : situation.table?.objects;
      await kernel.nft.load(change.transaction(objects));
    }
  } catch (error) {
    // nft may have been killed after the kernel had committed: what the kernel says counts. Where it says nothing, the next command will ask it.
    const answer = await holds(generation, agent).catch(() => "unknown");
    if (answer === true) return;
    if (answer === false && isFirst) await kernel.nft.load(removal());
    if (answer === false) store.dropPending();
    throw error;
  }
}

/** Whether this generation is in the kernel. */
async function holds(generation: Generation, { kernel }: Agent): Promise<boolean> {
  const present = presentOf(await kernel.nft.read());
  return isOf(generation.probation === undefined ? present?.settled : present?.trial?.about, generation);
}

function isRefusedByMembers(error: unknown): boolean {
  return error instanceof BulkheadError && error.code === "kernel/netlink-refused";
}

async function readBack({ ruleset, generation }: Change, { kernel, store }: Agent): Promise<TableInKernel> {
  const table = await kernel.nft.read();
  const problem = readBackProblem(ruleset, table);
  if (table !== undefined && problem === undefined) return table;
  // It was loaded all the same; that nothing was read back makes `status` say so.
  if (generation.probation === undefined) store.promote(generation);
  throw new BulkheadError("apply/read-back-differs", `read back right after loading: ${problem}`);
}

function promote({ generation }: Change, { stableText }: TableInKernel, { store }: Agent): void {
  const read = { ...generation, listing: stableText };
  try {
    if (generation.probation === undefined) store.promote(read);
    else store.keepPending(read);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new BulkheadError("apply/state-not-saved", `the policy is in force, but: ${words}`, { cause });
  }
}

/** Bits of the conntrack mark that were ours and are so no more. */
function staleMasks({ stamp, probation }: Generation, { held, trial }: Situation): number {
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

function unseen(lost: number): readonly BulkheadError[] {
  if (lost === 0) return [];
  return [new BulkheadError("apply/connections-unseen", `${lost} conntrack entries could not be listed`)];
}
