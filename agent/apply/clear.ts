import { removal } from "@bulkhead/shared/nft/transaction.ts";
import type { Agent } from "./agent.ts";
import { takeMarksOff } from "./marks.ts";
import { PRIMING, presentOf } from "./present.ts";
import { STATE_NAMES, type StateFiles } from "./state-store.ts";

export interface Cleared {
  /** Whether there was a table of ours. */
  readonly table: boolean;
  /** Conntrack entries that bore our mark. */
  readonly marks: number;
}

/** Takes everything of ours away: the table, our part of the conntrack marks, the state. Works on a state that cannot be read, too, and can be repeated. */
export async function clear(agent: Agent): Promise<Cleared> {
  const { kernel, store } = agent;
  const files = store.read();
  const present = presentOf(await kernel.nft.read());
  if (present !== undefined) await kernel.nft.load(removal());
  const abouts = [present?.settled, present?.trial?.about].filter((about) => about?.digest !== PRIMING);
  const masks = [...abouts.map((about) => about?.stamp.mask ?? 0), ...masksIn(files)];
  const marks = takeMarksOff(
    masks.reduce((all, mask) => (all | mask) >>> 0, 0),
    agent,
  );
  store.clear();
  return { table: present !== undefined, marks };
}

function masksIn(files: StateFiles): readonly number[] {
  return STATE_NAMES.flatMap((name) => {
    const file = files[name];
    return file.kind === "generation" ? [file.generation.stamp.mask] : [];
  });
}
