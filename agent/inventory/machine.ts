/** Machine, system and interfaces, by systeminformation: the only file that asks it. It runs programs, so nothing hot may wait for this. */

import { readFileSync } from "node:fs";
import { arch, hostname, networkInterfaces, release } from "node:os";
import { parseEnv } from "node:util";
import systeminformation from "systeminformation";
import type { Machine, NetworkInterface, OperatingSystem } from "./inventory.ts";

export interface MachineFacts {
  readonly machine: Machine;
  readonly system: OperatingSystem;
  readonly interfaces: readonly NetworkInterface[];
}

/** Never throws: what cannot be found out is empty. */
export async function machineFacts(): Promise<MachineFacts> {
  // One after the other: a small machine shall not notice.
  const system = await known(systeminformation.system());
  const cpu = await known(systeminformation.cpu());
  const memory = await known(systeminformation.mem());
  return {
    machine: {
      hostname: hostname(),
      manufacturer: system.manufacturer ?? "",
      model: system.model ?? "",
      processor: [cpu.manufacturer, cpu.brand].filter(Boolean).join(" "),
      cores: cpu.cores ?? 0,
      memoryBytes: memory.total ?? 0,
      virtual: system.virtual ?? false,
      hypervisor: system.virtualHost ?? "",
    },
    system: operatingSystem(),
    interfaces: await interfaceFacts(),
  };
}

/** Not by systeminformation, which asks DNS for this machine's full name and waits for it with everything else at a stand. */
function operatingSystem(): OperatingSystem {
  const named = parseEnv(text("/etc/os-release") || text("/usr/lib/os-release"));
  return {
    distribution: named.NAME ?? "",
    release: named.VERSION_ID ?? "",
    kernel: release(),
    architecture: arch(),
    machineId: text("/etc/machine-id").trim(),
  };
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The kernel's addresses, all of them, beside what systeminformation knows of the cards. */
async function interfaceFacts(): Promise<readonly NetworkInterface[]> {
  const addresses = networkInterfaces();
  const { cards = [] } = await known(
    systeminformation.networkInterfaces().then((found) => ({ cards: [found].flat() })),
  );
  return cards
    .map(({ iface, operstate, mac, mtu }) => ({
      name: iface,
      state: operstate,
      mac,
      mtu: mtu ?? 0,
      addresses: (addresses[iface] ?? []).flatMap(({ cidr }) => cidr ?? []),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is known of it; nothing of it where it cannot be asked. */
async function known<T extends object>(facts: Promise<T>): Promise<Partial<T>> {
  try {
    return await facts;
  } catch {
    return {};
  }
}
