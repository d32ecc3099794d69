/** The socket in the file system: who may speak to it, and whether somebody listens behind one that is there already. */

import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

/** Takes a dead daemon's socket away. Throws `daemon/socket-running` for a live one, `daemon/socket-failed` for what is no socket. */
export async function makeWay(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket()) throw new BulkheadError("daemon/socket-failed", `${path} is not a socket`);
  if (await isListening(path))
    throw new BulkheadError("daemon/socket-running", `somebody listens on ${path} already`);
  rmSync(path, { force: true });
}

/** A daemon that hangs listens, too: its connections wait in the kernel. */
async function isListening(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(false);
      else if (error.code === "EAGAIN") resolve(true);
      else reject(socketFailed(path, error));
    });
  });
}

/** Makes the directory, for root and the group alone. One that exists is opened to the group only if it bears our name: it may be anybody's. */
export function prepareSocketDirectory(path: string, gid: number | undefined): void {
  const directory = dirname(path);
  try {
    const made = mkdirSync(directory, { recursive: true, mode: 0o750 }) !== undefined;
    if (gid === undefined || !(made || basename(directory) === "bulkhead")) return;
    if (statSync(directory).uid !== process.geteuid?.()) return;
    give(directory, gid);
    chmodSync(directory, 0o750);
  } catch (error) {
    throw socketFailed(path, error);
  }
}

/** Opens the socket, which until then was its owner's alone, to the group. */
export function openToGroup(path: string, gid: number | undefined): void {
  if (gid !== undefined) give(path, gid);
  chmodSync(path, gid === undefined ? 0o600 : 0o660);
}

/** Its unit runs the agent in the group, so that what it makes is the group's already: then it needs no right to give anything away. */
function give(path: string, gid: number): void {
  if (statSync(path).gid !== gid) chownSync(path, process.geteuid?.() ?? 0, gid);
}

/** The number of a group of this host; undefined where there is none of this name. */
export function groupNumber(name: string): number | undefined {
  try {
    const line = readFileSync("/etc/group", "utf8")
      .split("\n")
      .find((line) => line.startsWith(`${name}:`));
    const number = line?.split(":")[2];
    return number === undefined || !/^\d+$/.test(number) ? undefined : Number(number);
  } catch {
    return undefined;
  }
}

export function socketFailed(path: string, error: unknown): BulkheadError {
  const words = error instanceof Error ? error.message : String(error);
  return new BulkheadError("daemon/socket-failed", `${path}: ${words}`, { cause: error });
}
