/** From the paths that a user names to what this host must enforce. */

import fs from "node:fs/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { loadPolicy } from "@bulkhead/shared/policy/load.ts";
import { formatProblem } from "@bulkhead/shared/policy/problem.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { chooseHost, type Machine, sharesAddress } from "../apply/identity.ts";
import type { HostRoom } from "../kernel/kernel.ts";

export interface PolicyRequest {
  readonly path: readonly string[];
  readonly as: string | undefined;
  readonly quiet: boolean;
}

export interface ThisHost {
  readonly policy: HostPolicy;
  readonly notes: readonly BulkheadError[];
}

/**
 * Reads and resolves the policy, and finds this machine in it. Shows what is wrong or doubtful on standard error, all at once.
 * Throws `command/invalid-policy` and what `chooseHost` throws.
 */
export async function hostPolicy(
  { path, as, quiet }: PolicyRequest,
  host: HostRoom,
  { err }: Terminal,
): Promise<ThisHost> {
  const { policy, problems } = await loadPolicy(fs, path, { now: Date.now() });
  const shown = problems.filter(({ severity }) => severity === "error" || !quiet);
  await err.write(shown.map((problem) => `${formatProblem(problem)}\n`).join(""));
  if (policy === undefined)
    throw invalid(path, problems.filter(({ severity }) => severity === "error").length);
  const machine = machineOf(host, as);
  const resolved = resolvePolicy(policy, buildInventory(policy));
  const name = chooseHost(machine, [...resolved.hosts.values()], as);
  const own = resolved.hostPolicy(name);
  return { policy: own, notes: sharesAddress(machine, own.addresses) ? [] : [wrongAddress(machine, own)] };
}

/** A network namespace that cannot be asked for its addresses is no reason to stop where the user names the host. */
function machineOf(host: HostRoom, as: string | undefined): Machine {
  try {
    return { name: host.name(), addresses: host.addresses() };
  } catch (error) {
    if (as === undefined) throw error;
    return { name: host.name(), addresses: [] };
  }
}

function invalid(path: readonly string[], errors: number): BulkheadError {
  const count = errors === 1 ? "an error" : `${errors} errors`;
  return new BulkheadError(
    "command/invalid-policy",
    `${path.join(", ")}: invalid, with ${count}; nothing was changed`,
  );
}

function wrongAddress(machine: Machine, { host, addresses }: HostPolicy): BulkheadError {
  const own = machine.addresses.length === 0 ? "none" : machine.addresses.join(", ");
  return new BulkheadError(
    "apply/wrong-address",
    `the policy gives ${host} the addresses ${addresses.join(", ")}; this machine has ${own}`,
  );
}
