/** The cgroups of systemd's units, found in the hierarchy itself: it is the truth that the kernel matches on. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Cgroup } from "@bulkhead/shared/nft/facts.ts";
import { type CgroupMount, pathForNft } from "./cgroup-mount.ts";

/** Slices whose inside other people shape: a user's own manager, and the insides of containers. */
const FOREIGN = new Set(["user.slice", "machine.slice"]);
/** What systemd allows in a unit's name; nothing else is ever put into quotes for nft. */
const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]+$/;
const DEEPEST = 16;
const MOST_DIRECTORIES = 10_000;

export interface FoundUnits {
  readonly units: Readonly<Record<string, readonly Cgroup[]>>;
  /** Whether there were more slices than anybody should have, so that something may not have been seen. */
  readonly complete: boolean;
}

/**
 * Looks for these units in the root and in slices only, and never inside a service, a scope or a user's slice: whoever can make cgroups there
 * could otherwise call one by the unit's name. A unit may be found several times; one that is not found is left out.
 */
export async function findUnits(
  mount: CgroupMount,
  wanted: readonly string[],
  mostDirectories = MOST_DIRECTORIES,
): Promise<FoundUnits> {
  const found = new Map<string, Cgroup[]>();
  const queue = [{ directory: mount.directory, level: mount.level }];
  for (let at = 0; at < queue.length; at++) {
    const slice = queue[at];
    if (slice === undefined || at === mostDirectories) break;
    for (const name of await directoriesIn(slice.directory)) {
      const inside = { directory: join(slice.directory, name), level: slice.level + 1 };
      const unit = wanted.find((one) => isCgroupOf(one, name));
      const cgroup = unit === undefined ? undefined : await readCgroup(inside);
      if (unit !== undefined && cgroup !== undefined) found.set(unit, [...(found.get(unit) ?? []), cgroup]);
      if (isOpenSlice(name) && inside.level - mount.level < DEEPEST) queue.push(inside);
    }
  }
  return { units: Object.fromEntries(found), complete: queue.length <= mostDirectories };
}

/** systemd puts a `_` before a name that could be taken for one of the kernel's files, such as `memory.service`. */
export function isCgroupOf(unit: string, name: string): boolean {
  return (name === unit || name === `_${unit}`) && UNIT_NAME.test(name);
}

/** Whether units may be looked for inside: other people shape the insides of users' slices and of containers. */
export function isOpenSlice(name: string): boolean {
  return name.endsWith(".slice") && !FOREIGN.has(name) && UNIT_NAME.test(name);
}

/** Sorted, so that the same machine gives the same facts. */
async function directoriesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The cgroup's id is its directory's inode; undefined where the unit has just gone. */
async function readCgroup({ directory, level }: CgroupMount): Promise<Cgroup | undefined> {
  const found = await stat(directory, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : { path: pathForNft(directory), level, id: String(found.ino) };
}
