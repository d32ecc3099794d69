/** Who listens here: each service once, with the unit that its socket belongs to. */

import type { Socket } from "../kernel.ts";
import { CgroupPaths } from "./cgroup-paths.ts";

export interface Listener {
  /** IANA protocol number. */
  readonly protocol: number;
  readonly port: number;
  /** Canonical text; empty for any. */
  readonly address: string;
  /** The outermost service or scope; undefined where the socket is in none. */
  readonly unit: string | undefined;
  /** The uid that owns the socket. */
  readonly uid: number;
}

/** In order of protocol and port. UDP sockets that are not connected count as listening. */
export function listenersAmong(sockets: readonly Socket[]): readonly Listener[] {
  const cgroups = new CgroupPaths();
  const found = new Map<string, Listener>();
  for (const { protocol, state, localAddress, localPort, cgroupId, uid } of sockets) {
    if (state !== "listening" && state !== "unconnected") continue;
    const address = localAddress === "0.0.0.0" || localAddress === "::" ? "" : localAddress;
    const unit = cgroupId === undefined ? undefined : cgroups.find(cgroupId)?.unit;
    found.set(`${protocol} ${localPort} ${address}`, { protocol, port: localPort, address, unit, uid });
  }
  return [...found.values()].sort((a, b) => a.protocol - b.protocol || a.port - b.port);
}
