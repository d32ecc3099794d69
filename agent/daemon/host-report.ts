/** How this host is, in the words of the wire. */

import { catalogue } from "@bulkhead/shared/errors/catalogue.ts";
import { WIRE } from "@bulkhead/shared/protocol/limits.ts";
import type { HostState } from "@bulkhead/shared/protocol/messages.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Spool } from "../report/spool.ts";
import type { Keeper } from "./keeper.ts";
import type { Watching } from "./watching.ts";

export interface ReportParts {
  readonly keeper: Keeper;
  readonly spool: Spool;
  readonly watching: Watching;
  /** Why what the server sent last is not followed; undefined where it is. */
  readonly refused: string | undefined;
}

/** From what the keeper has read back last, and been told by the kernel since: the kernel is not read for it. */
export function hostReport({ keeper, spool, watching, refused }: ReportParts): HostState {
  const { generation, enforcement, tamperings, cuts } = keeper;
  const isThere = enforcement.state === "enforcing" || enforcement.state === "on-probation";
  const inForce = isThere ? keeper.inForce : undefined;
  const { unsent, lost } = spool.health();
  return {
    version: inForce?.version ?? 0,
    digest: inForce?.digest ?? null,
    kernel: kernelWord(keeper),
    enforcement: enforcement.state,
    why: enforcement.why === undefined ? null : shown(enforcement.why),
    modes: generation?.policy.modes ?? null,
    since: generation === undefined ? null : Math.max(0, Date.parse(generation.loadedAt)),
    cuts,
    tamperings: tamperings.count,
    lastTampering: tamperings.last === undefined ? null : shown(tamperings.last.what.join("; ")),
    notes: refused === undefined ? [] : [policyRefused(refused)],
    watching: watching.isWatching,
    spool: { unsent, lost },
  };
}

function policyRefused(why: string): HostState["notes"][number] {
  const { remedy } = catalogue["link/policy-refused"];
  return { code: "link/policy-refused", message: shown(why), remedy };
}

function kernelWord({ enforcement, generation }: Keeper): HostState["kernel"] {
  if (enforcement.state === "degraded") return "unread";
  return generation === undefined ? "absent" : "holds";
}

/** @param inventory as the agent's own command shows it. */
export function reportedInventory({ machine, system, cloud, interfaces, listening }: Inventory) {
  return {
    hostname: machine.hostname,
    distribution: system.distribution,
    release: system.release,
    kernel: system.kernel,
    architecture: system.architecture,
    machine: [machine.manufacturer, machine.model].filter(Boolean).join(" "),
    virtual: machine.virtual,
    cores: machine.cores,
    memoryBytes: machine.memoryBytes,
    cloud:
      cloud === undefined
        ? null
        : {
            provider: cloud.provider,
            ...(cloud.instance !== undefined && { instance: cloud.instance }),
          },
    interfaces: interfaces.slice(0, 256).map(({ name, state, mac, addresses }) => ({
      name,
      state,
      mac,
      addresses: addresses.slice(0, 256),
    })),
    listening: listening.map(({ service, address, unit, account }) => ({
      service,
      address,
      account,
      ...(unit !== undefined && { unit }),
    })),
  };
}

function shown(words: string): string {
  return words.slice(0, WIRE.word);
}
