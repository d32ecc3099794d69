/** Puts the inventory together. It takes some tenths of a second and runs programs: at rest, never while a packet waits. */

import { formatService } from "@bulkhead/shared/net/service.ts";
import { AccountNames } from "../kernel/host/account-names.ts";
import { listenersAmong } from "../kernel/host/listeners.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { cloudInstance } from "./cloud.ts";
import type { Inventory } from "./inventory.ts";
import { machineFacts } from "./machine.ts";

const MOST_LISTENERS = 1_000;

/** Throws what the kernel's rooms throw for a socket table that cannot be read. */
export async function takeInventory({ sockets }: Pick<Kernel, "sockets">): Promise<Inventory> {
  const accounts = new AccountNames();
  const listening = listenersAmong(sockets.dump())
    .slice(0, MOST_LISTENERS)
    .map(({ protocol, port, address, unit, uid }) => ({
      service: formatService([{ protocol, low: port, high: port }]).join(),
      address,
      unit,
      account: accounts.nameOf(uid),
    }));
  return { formatVersion: 1, ...(await machineFacts()), cloud: cloudInstance(), listening };
}
