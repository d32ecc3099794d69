/** The first policy on a host: conntrack is made to run, and told of the connections that are there already. */

import { setTimeout as pause } from "node:timers/promises";
import { render } from "@bulkhead/shared/nft/render.ts";
import { removal } from "@bulkhead/shared/nft/transaction.ts";
import type { ConntrackEntry } from "../kernel/kernel.ts";
import { adopt, adoptDatagrams, awaitsDatagrams, connectedFlows } from "./adoption.ts";
import type { Agent } from "./agent.ts";
import { type Change, primingRuleset } from "./change.ts";

/** How long datagrams have to show themselves before the first policy judges them: only a packet tells conntrack that there is a flow. */
const DATAGRAMS_MILLISECONDS = 300;

/**
 * Loads a table that lets everything pass and makes conntrack run, and adopts the connections that `entries`, listed before, do not tell of. Gives how many.
 * Where it fails nothing is left of it.
 */
export async function prime(
  change: Change,
  entries: readonly ConntrackEntry[],
  agent: Agent,
): Promise<number> {
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
