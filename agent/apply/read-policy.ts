/** From policy files to what this host must enforce. */

import fs from "node:fs/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { loadPolicy } from "@bulkhead/shared/policy/load.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import type { HostRoom } from "../kernel/kernel.ts";
import { chooseHost, type Machine, sharesAddress } from "./identity.ts";

export interface ThisHost {
  readonly policy: HostPolicy;
  /** Address -> name of the host that the policy gives it to. */
  readonly hostNames: Readonly<Record<string, string>>;
  /** The smallest segment that this host is in. */
  readonly segment: string | undefined;
  readonly notes: readonly BulkheadError[];
}

export interface ReadPolicy {
  /** Errors and warnings, in the files' order. */
  readonly problems: readonly Problem[];
  /** Finds this machine in the policy; throws what `chooseHost` throws. Undefined where the policy is invalid. */
  readonly thisHost: (() => ThisHost) | undefined;
}

/** Reads files and folders as one policy. `as` names this host; without it, it is found by this machine's name and addresses. */
export async function readPolicy(
  paths: readonly string[],
  host: HostRoom,
  as: string | undefined,
): Promise<ReadPolicy> {
  const { policy, problems } = await loadPolicy(fs, paths, { now: Date.now() });
  if (policy === undefined) return { problems, thisHost: undefined };
  const thisHost = () => {
    const machine = machineOf(host, as);
    const inventory = buildInventory(policy);
    const resolved = resolvePolicy(policy, inventory);
    const hosts = [...resolved.hosts.values()];
    const name = chooseHost(machine, hosts, as);
    const own = resolved.hostPolicy(name);
    const size = (segment: string) => inventory.members(segment).length;
    const [segment] = (resolved.hosts.get(name)?.segments ?? []).toSorted((a, b) => size(a) - size(b));
    const hostNames = Object.fromEntries(
      hosts.flatMap(({ name, addresses }) => addresses.map((address) => [address, name] as const)),
    );
    const notes = sharesAddress(machine, own.addresses) ? [] : [wrongAddress(machine, own)];
    return { policy: own, hostNames, segment, notes };
  };
  return { problems, thisHost };
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

function wrongAddress(machine: Machine, { host, addresses }: HostPolicy): BulkheadError {
  const own = machine.addresses.length === 0 ? "none" : machine.addresses.join(", ");
  return new BulkheadError(
    "apply/wrong-address",
    `the policy gives ${host} the addresses ${addresses.join(", ")}; this machine has ${own}`,
  );
}
