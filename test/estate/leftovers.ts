/** Namespaces vanish with their processes; directories and cgroups of a maker that was killed do not. */

import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { estateCgroups, removeCgroup } from "./cgroups.ts";
import { ESTATE_PREFIX, SCRATCH } from "./place.ts";

/** Removes what estates of dead makers left behind; those of living ones are not touched. */
export async function sweepLeftovers(): Promise<void> {
  const entries = await readdir(SCRATCH);
  const directories = entries
    .filter((name) => name.startsWith(ESTATE_PREFIX))
    .map((name) => join(SCRATCH, name));
  const isLeft = (path: string) => !isAlive(Number(basename(path).slice(ESTATE_PREFIX.length).split("-")[0]));
  for (const cgroup of (await estateCgroups()).filter(isLeft)) await removeCgroup(cgroup);
  for (const directory of directories.filter(isLeft)) await rm(directory, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
