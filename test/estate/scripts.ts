/** The few lines of `sh` and `ip -batch` that an estate is made of. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a kernel setting where it exists. */
const set = (name: string, value: string) =>
  `[ ! -w /proc/sys/${name} ] || echo '${value}' > /proc/sys/${name}`;

/** Makes the bridge and holds its namespace until standard input ends. */
export function switchScript(): string {
  return [
    "set -e",
    // Bridged packets must not meet anybody's iptables rules on their way.
    set("net/bridge/bridge-nf-call-iptables", "0"),
    set("net/bridge/bridge-nf-call-ip6tables", "0"),
    set("net/ipv6/conf/default/disable_ipv6", "1"),
    "ip link add lan type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
    "ip link set lan up",
    "echo ready",
    "exec cat",
  ].join("\n");
}

/** One link for each namespace: `eth0` there, `port-n` here. */
export function switchBatch(pids: readonly number[]): string {
  return pids
    .map((pid, at) => `link add port-${at} up master lan type veth peer name eth0 netns ${pid}\n`)
    .join("");
}

export interface HostScriptParts {
  readonly name: string;
  readonly scratch: string;
  readonly files: Readonly<Record<string, string>>;
  readonly hasCgroup: boolean;
  /** Inside a user namespace there is one account only. */
  readonly hasAccounts: boolean;
}

/** Makes a host of a fresh namespace and then runs its arguments. */
export function hostScript(parts: HostScriptParts): string {
  return [
    "set -e",
    `hostname '${parts.name}'`,
    // A private /run keeps locks apart; a fresh /sys shows this namespace's interfaces and, below it, the host's own cgroups.
    "mount -t tmpfs -o mode=755 tmpfs /run",
    ...(parts.hasCgroup ? ["mount -t sysfs sysfs /sys", "mount -t cgroup2 cgroup2 /sys/fs/cgroup"] : []),
    ...Object.entries(parts.files).map(([path, text], at) =>
      bindFile(path, text, join(parts.scratch, `file-${at}`)),
    ),
    // Addresses are ready at once, and everybody may send an echo request.
    set("net/ipv6/conf/default/accept_dad", "0"),
    set("net/ipv6/conf/default/accept_ra", "0"),
    set("net/ipv4/ping_group_range", parts.hasAccounts ? "0 2147483647" : "0 0"),
    "ip link set lo up",
    'exec "$@"',
  ].join("\n");
}

function bindFile(path: string, text: string, copy: string): string {
  writeFileSync(copy, text);
  return `mount --bind '${copy}' '${path}'`;
}

/** Gives `eth0` its addresses, and makes every other address a neighbour. */
export function interfaceBatch(addresses: readonly string[]): string {
  const isSix = (address: string) => address.includes(":");
  return [
    ...addresses.map((address) => `addr add ${address}/${isSix(address) ? "128 nodad" : "32"} dev eth0`),
    "link set eth0 up",
    ...(addresses.some((address) => !isSix(address)) ? ["route add 0.0.0.0/0 dev eth0 scope link"] : []),
    ...(addresses.some(isSix) ? ["route add ::/0 dev eth0"] : []),
    "",
  ].join("\n");
}
