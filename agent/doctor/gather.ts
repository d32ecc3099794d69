/** Takes the doctor's picture of this host. Changes nothing. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { conntrackLoad } from "../kernel/host/accounting.ts";
import { cgroupMount } from "../kernel/host/cgroup-mount.ts";
import { listenersAmong } from "../kernel/host/listeners.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Picture } from "./picture.ts";
import { readRuleset } from "./ruleset-text.ts";

const OURS = "inet bulkhead";
const NFTABLES_FILE = "/etc/nftables.conf";

/** What the agent itself knows. */
export interface Known extends Pick<Picture, "ours" | "mask"> {
  readonly policy: HostPolicy | undefined;
}

/** Throws what nft throws. */
export async function gather(kernel: Kernel, known: Known): Promise<Picture> {
  const chains = readRuleset(await kernel.nft.listEverything()).filter(({ table }) => table !== OURS);
  const load = conntrackLoad();
  return {
    ...known,
    chains,
    addresses: kernel.host.addresses(),
    forwarding: {
      ipv4: isOn("/proc/sys/net/ipv4/ip_forward"),
      ipv6: isOn("/proc/sys/net/ipv6/conf/all/forwarding"),
    },
    listeners: listenersAmong(kernel.sockets.dump()),
    conntrack: load && { count: load.count, most: load.most, dropped: load.dropped },
    services: runningServices(),
    flushesAtStart: isEnabled("nftables.service") && /^\s*flush ruleset/m.test(text(NFTABLES_FILE)),
    legacyTables: ["ip", "ip6"].flatMap((family) =>
      text(`/proc/net/${family}_tables_names`)
        .split("\n")
        .filter((name) => name !== ""),
    ),
  };
}

/** systemd's own services, by their cgroups. */
function runningServices(): readonly string[] {
  const mount = cgroupMount();
  if (mount === undefined) return [];
  try {
    return readdirSync(join(mount.directory, "system.slice")).filter((name) => name.endsWith(".service"));
  } catch {
    return [];
  }
}

function isEnabled(unit: string): boolean {
  const places = ["/etc/systemd/system/sysinit.target.wants", "/etc/systemd/system/multi-user.target.wants"];
  return places.some((place) => existsSync(join(place, unit)));
}

function isOn(path: string): boolean {
  return text(path).trim() === "1";
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
