/**
 * Does one operation of the agent, and waits before each of its steps that changes anything for a line on standard input: `stepping-agent.ts STATE-DIR OPERATION [POLICY
 * HOST [SECONDS]]`. Prints the name of each such step before it, and `done` at the end. Whoever reads along can kill it between any two of them.
 */

import fs from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Agent, Step } from "@bulkhead/agent/apply/agent.ts";
import { apply } from "@bulkhead/agent/apply/apply.ts";
import { confirm } from "@bulkhead/agent/apply/confirm.ts";
import { namespaceLock, takeLock } from "@bulkhead/agent/apply/lock.ts";
import { rollback } from "@bulkhead/agent/apply/rollback.ts";
import { prepareStateDirectory } from "@bulkhead/agent/apply/state-directory.ts";
import { StateStore } from "@bulkhead/agent/apply/state-store.ts";
import { processRoom } from "@bulkhead/agent/kernel/host/processes.ts";
import { realKernel } from "@bulkhead/agent/kernel/real.ts";
import { loadPolicy } from "@bulkhead/shared/policy/load.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";

const [directory = "", operation = "", policyPath = "", host = "", seconds] = process.argv.slice(2);
const allowed = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
/** What comes before them changes nothing. */
const CHANGING: readonly Step[] = [
  "write-pending",
  "prime",
  "adopt",
  "load",
  "read-back",
  "promote",
  "tidy-marks",
];

const agent: Agent = {
  kernel: realKernel(),
  processes: processRoom(),
  store: new StateStore(directory),
  now: Date.now,
  approve: async () => true,
  step: async (step, work) => {
    if (CHANGING.includes(step)) {
      process.stdout.write(`${step}\n`);
      await allowed.next();
    }
    return work();
  },
};

async function wish() {
  const { policy } = await loadPolicy(fs, [policyPath]);
  if (policy === undefined) throw new Error(`${policyPath} is no valid policy`);
  const own = resolvePolicy(policy, buildInventory(policy)).hostPolicy(host);
  return { policy: own, ...(seconds !== undefined && { confirmWithinSeconds: Number(seconds) }) };
}

const operations: Readonly<Record<string, () => Promise<unknown>>> = {
  apply: async () => apply(await wish(), agent),
  confirm: () => confirm(agent),
  rollback: () => rollback(agent),
};

prepareStateDirectory(directory);
const files = [join(directory, "lock"), namespaceLock()].filter((file) => file !== undefined);
await takeLock({ files, command: operation, waitMilliseconds: 10_000 });
await operations[operation]?.();
process.stdout.write("done\n");
process.exit(0);
