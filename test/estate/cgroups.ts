/** Each host gets a subtree of the v2 hierarchy and sees it as its whole /sys/fs/cgroup, as a machine under systemd would. */

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ESTATE_PREFIX } from "./place.ts";

/** Where this machine has the v2 hierarchy mounted (hybrid machines: /sys/fs/cgroup/unified); undefined where it has none. */
export function cgroupRoot(): string | undefined {
  const mount = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .find((line) => line.split(" ")[2] === "cgroup2");
  return mount?.split(" ")[1];
}

export function mayMakeCgroups(): boolean {
  const root = cgroupRoot();
  if (root === undefined) return false;
  try {
    accessSync(root, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Makes a cgroup and says where; undefined where this process may not. */
export async function makeCgroup(...path: readonly string[]): Promise<string | undefined> {
  const root = cgroupRoot();
  if (root === undefined) return undefined;
  const directory = join(root, ...path);
  try {
    await mkdir(directory, { recursive: true });
    return directory;
  } catch {
    return undefined;
  }
}

/** Kills what runs in a cgroup and below (kernel 5.14 and newer), then removes it all. */
export async function removeCgroup(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  await writeFile(join(directory, "cgroup.kill"), "1").catch(() => {});
  await removeBelow(directory);
}

async function removeBelow(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true }))
    if (entry.isDirectory()) await removeBelow(join(directory, entry.name));
  // Processes that were just killed leave their cgroup a moment later: EBUSY until then.
  for (let attempt = 0; attempt < 200; attempt++) {
    const busy = await rmdir(directory).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === "EBUSY",
    );
    if (!busy) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The cgroups of estates in this machine's hierarchy. */
export async function estateCgroups(): Promise<string[]> {
  const root = cgroupRoot();
  if (root === undefined) return [];
  const entries = await readdir(root).catch(() => []);
  return entries.filter((name) => name.startsWith(ESTATE_PREFIX)).map((name) => join(root, name));
}
