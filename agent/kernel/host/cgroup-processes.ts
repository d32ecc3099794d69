/** Which process of a cgroup a socket belongs to, without a walk through /proc. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** A cgroup with more processes, or a process with more open files, is not looked through. */
const MOST_PROCESSES = 64;
const MOST_FILES = 4096;

export interface FoundProcess {
  /** Undefined where several processes run the same executable. */
  readonly pid?: number;
  /** The path of its program; undefined for one that may not be looked at. */
  readonly executable?: string;
}

/** The process of this cgroup where there is only one, or what all of them run; undefined where they differ or there is none. */
export function onlyProcess(cgroup: string, proc = "/proc"): FoundProcess | undefined {
  const pids = processesOf(cgroup);
  const [pid] = pids;
  if (pid === undefined || pids.length > MOST_PROCESSES) return undefined;
  const executable = executableOf(pid, proc);
  const found = executable === undefined ? {} : { executable };
  if (pids.length === 1) return { pid, ...found };
  const isSame = pids.every((other) => executableOf(other, proc) === executable);
  return isSame && executable !== undefined ? found : undefined;
}

/** The process of this cgroup that has this socket open; it looks through the open files of these processes only. */
export function holderOf(cgroup: string, inode: number, proc = "/proc"): FoundProcess | undefined {
  const pids = processesOf(cgroup);
  if (pids.length > MOST_PROCESSES) return undefined;
  const pid = pids.find((one) => holds(join(proc, String(one), "fd"), `socket:[${inode}]`));
  if (pid === undefined) return undefined;
  const executable = executableOf(pid, proc);
  return { pid, ...(executable !== undefined && { executable }) };
}

/** Those that this pid namespace knows: others are 0. */
function processesOf(cgroup: string): readonly number[] {
  try {
    return readFileSync(join(cgroup, "cgroup.procs"), "utf8")
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

function executableOf(pid: number, proc: string): string | undefined {
  try {
    // After an update the old program still runs, and no longer has a name.
    return readlinkSync(join(proc, String(pid), "exe")).replace(/ \(deleted\)$/, "");
  } catch {
    return undefined;
  }
}

function holds(directory: string, socket: string): boolean {
  try {
    const files = readdirSync(directory);
    return files.length <= MOST_FILES && files.some((name) => linkOf(join(directory, name)) === socket);
  } catch {
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
