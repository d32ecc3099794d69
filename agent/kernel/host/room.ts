/** Facts of this machine. */

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { FactsNeeded, HostRoom } from "../kernel.ts";
import { interfaceAddresses } from "../netlink/interface-addresses.ts";
import type { WithTransport } from "../netlink/transport.ts";
import { cgroupMount } from "./cgroup-mount.ts";
import { findNames } from "./names.ts";
import { findUnits } from "./units.ts";
import { findUsers } from "./users.ts";

/** The room; `withTransport` opens NETLINK_ROUTE. */
export function hostRoom(withTransport: WithTransport): HostRoom {
  return {
    name: hostname,
    addresses: () => interfaceAddresses(withTransport).filter((address) => !isLoopback(address)),
    callerPorts,
    resolve,
  };
}

/** The range of this network namespace; the kernel's own default where it cannot be read. */
function callerPorts(): readonly [number, number] {
  try {
    const [low, high] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8")
      .trim()
      .split(/\s+/)
      .map(Number);
    return low === undefined || high === undefined ? DEFAULT_CALLER_PORTS : [low, high];
  } catch {
    return DEFAULT_CALLER_PORTS;
  }
}

const DEFAULT_CALLER_PORTS = [32768, 60999] as const;

/** By what they are, not by interface: an address on `lo` that others route to is the host's like any other. */
function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

async function resolve(need: FactsNeeded): ReturnType<HostRoom["resolve"]> {
  const [found, units, users] = await Promise.all([
    findNames(need.names),
    resolveUnits(need.units),
    findUsers(need.users),
  ]);
  const facts: HostFacts = { names: found.names, units: units.units, users };
  const missing = [
    ...found.missing,
    ...units.missing,
    ...need.users
      .filter((name) => !Object.hasOwn(users, name))
      .map((name) => `the account ${name} does not exist on this host`),
  ];
  return { facts, missing };
}

async function resolveUnits(
  wanted: readonly string[],
): Promise<{ units: HostFacts["units"]; missing: readonly string[] }> {
  if (wanted.length === 0) return { units: {}, missing: [] };
  const mount = cgroupMount();
  if (mount === undefined)
    return {
      units: {},
      missing: wanted.map((unit) => `the unit ${unit}: this host has no cgroup v2 hierarchy`),
    };
  const { units, complete } = await findUnits(mount, wanted);
  const missing = wanted
    .filter((unit) => !Object.hasOwn(units, unit))
    .map((unit) => `the unit ${unit} is not running`);
  if (!complete) missing.push("some units, perhaps: this host has more slices than are searched");
  return { units, missing };
}
