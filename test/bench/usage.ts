/** What a process has used, and the moment from which on it only rests. */

import { type ChildProcess, execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Host } from "../estate/host.ts";

const TICKS_PER_SECOND = 100;
/** Less than this share of a core over a second is rest: two ticks, as one may be anybody's. */
const REST = 0.02;
const SETTLED_WITHIN_SECONDS = 60;

export interface Usage {
  /** Of all threads since it began, and of the commands that it has run to their end. */
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** The launchers replace themselves, so the child is the program. */
export async function usageOf({ pid }: ChildProcess): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // utime, stime, cutime, cstime (`man 5 proc`).
  const [user, system, usersOfChildren, systemOfChildren] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15)
    .map(Number) as [number, number, number, number];
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return {
    cpuSeconds: (user + system + usersOfChildren + systemOfChildren) / TICKS_PER_SECOND,
    megabytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024,
  };
}

/** Resolves when the process has done next to nothing for a second. */
export async function atRest(process: ChildProcess): Promise<void> {
  for (let second = 0; second < SETTLED_WITHIN_SECONDS; second += 1) {
    const { cpuSeconds } = await usageOf(process);
    await pause(1000);
    if ((await usageOf(process)).cpuSeconds - cpuSeconds < REST) return;
  }
  throw new Error(`process ${process.pid} does not come to rest within ${SETTLED_WITHIN_SECONDS} s`);
}

export function onSecondCore(): string[] {
  return availableParallelism() > 1 ? ["taskset", "--cpu-list", "1"] : [];
}

/** Moves a process with all its threads to the core where no sender is. */
export async function toSecondCore({ pid }: ChildProcess): Promise<void> {
  if (availableParallelism() > 1)
    await promisify(execFile)("taskset", ["--all-tasks", "--cpu-list", "--pid", "1", String(pid)]);
}

/** Bytes of all files in a daemon's state directory. */
export async function stateBytes(host: Host): Promise<number> {
  return Number.parseInt(await host.run(["du", "--summarize", "--bytes", `${host.scratch}/state`]), 10);
}
