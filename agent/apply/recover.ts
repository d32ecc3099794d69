/** Every command begins here: what an interrupted one left is put in order, and a probation whose time is over is ended. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { onProbation } from "@bulkhead/shared/nft/probation.ts";
import { removal } from "@bulkhead/shared/nft/transaction.ts";
import type { Agent } from "./agent.ts";
import { rulesetOf } from "./change.ts";
import type { Generation } from "./generation.ts";
import { install } from "./install.ts";
import { takeMarksOff } from "./marks.ts";
import type { Wish } from "./order.ts";
import { readBackProblem } from "./read-back.ts";
import { type Repair, type Situation, settle } from "./settle.ts";

/** A repair may uncover another one; after so many, something works against us. */
const MOST_REPAIRS = 4;

/** What is true now. Changes nothing. Throws `apply/state-newer`, `apply/state-unreadable` and what nft throws. */
export async function look({ store, kernel }: Agent): Promise<Situation> {
  // The kernel first: who may not ask it need not hear of files.
  const table = await kernel.nft.read();
  return settle(store.read(), table);
}

/** What is true, once everything is in order. The notes say what had to be done. */
export async function recover(agent: Agent): Promise<Situation> {
  const notes: BulkheadError[] = [];
  for (let done = 0; ; done++) {
    const situation = await look(agent);
    notes.push(...situation.notes.filter((note) => notes.every(({ message }) => message !== note.message)));
    const { repair } = situation;
    if (repair === undefined || done === MOST_REPAIRS) return { ...situation, notes };
    await mend(repair, situation, agent);
  }
}

async function mend(repair: Repair, situation: Situation, agent: Agent): Promise<void> {
  const { kernel, store } = agent;
  switch (repair.kind) {
    case "finish":
      return finish(repair.generation, situation, agent);
    case "drop":
      return store.dropPending();
    case "set-aside":
      return store.setAside("pending");
    case "remove-priming":
      await kernel.nft.load(removal());
      return store.dropPending();
    case "fall-back":
      return fallBack(repair.to, repair.mask, { situation, agent });
  }
}

/** Ends a probation in favour of what was there before: the policy that is in the kernel beside it, or none. */
export async function fallBack(
  to: Generation | undefined,
  mask: number,
  { situation, agent }: { readonly situation: Situation; readonly agent: Agent },
): Promise<void> {
  const { kernel, store } = agent;
  if (to !== undefined) {
    await install(wishFor(to, { stamp: to.stamp, wholeTable: true }), situation, agent);
    return;
  }
  await kernel.nft.load(removal());
  takeMarksOff(mask, agent);
  store.dropPending();
}

/** The wish that brings a generation (back) into the kernel. */
export function wishFor({ policy, log, stamp, facts }: Generation, more: Partial<Wish> = {}): Wish {
  return { policy, log, mask: stamp.mask, facts, ...more };
}

/** Writes down what a command had loaded and not written down. Without a listing, `status` says that nobody has compared it. */
function finish(generation: Generation, { held, trial, table }: Situation, { store }: Agent): void {
  const { probation, listing: _, ...unread } = generation;
  const next = rulesetOf(generation);
  const meant =
    trial === undefined
      ? next
      : onProbation({ next, previous: held && rulesetOf(held), seconds: probation?.seconds ?? 0 });
  const listing = readBackProblem(meant, table) === undefined ? table?.stableText : undefined;
  if (trial === undefined) store.promote({ ...unread, ...(listing !== undefined && { listing }) });
  else store.keepPending({ ...generation, listing: listing ?? "" });
}
