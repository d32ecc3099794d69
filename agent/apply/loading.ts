/** From a change to the kernel and back: sending it, reading it back, writing it down. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import { removal } from "@bulkhead/shared/nft/transaction.ts";
import type { TableInKernel } from "../kernel/kernel.ts";
import type { Agent } from "./agent.ts";
import type { Change } from "./change.ts";
import type { Generation } from "./generation.ts";
import { isOf, presentOf } from "./present.ts";
import { readBackProblem } from "./read-back.ts";
import type { Situation } from "./settle.ts";
import { encodeState } from "./state-file.ts";

/** As much as the state will need once the table has been read back. */
export function roomFor({ generation, ruleset }: Change): number {
  const spare = 64 * 1024;
  return encodeState(generation).length + 3 * render(ruleset).length + spare;
}

/** Sends the change. Throws where the kernel has not taken it; then nothing has changed, and nothing is pending. */
export async function load(change: Change, situation: Situation, agent: Agent): Promise<void> {
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
  if (generation.probation !== undefined) return isOf(present?.trial?.about, generation);
  // Below a trial it would only be what that falls back to.
  return present?.trial === undefined && isOf(present?.settled, generation);
}

/** The table, once it has been seen to be what was meant. Throws `apply/read-back-differs`. */
export async function readBack(
  { ruleset, generation }: Change,
  { kernel, store }: Agent,
): Promise<TableInKernel> {
  const table = await kernel.nft.read();
  const problem = readBackProblem(ruleset, table);
  if (table !== undefined && problem === undefined) return table;
  // It was loaded all the same; that nothing was read back makes `status` say so.
  if (generation.probation === undefined) store.promote(generation);
  throw new BulkheadError("apply/read-back-differs", `read back right after loading: ${problem}`);
}

/** Writes down that it is in force, or on probation. Throws `apply/state-not-saved`. */
export function promote({ generation }: Change, { stableText }: TableInKernel, { store }: Agent): void {
  const read = { ...generation, listing: stableText };
  try {
    if (generation.probation === undefined) store.promote(read);
    else store.keepPending(read);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new BulkheadError("apply/state-not-saved", `the policy is in force, but: ${words}`, { cause });
  }
}
