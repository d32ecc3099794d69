/** Where this machine has the cgroup v2 hierarchy. */

import { readFileSync, statfsSync } from "node:fs";
import { posix } from "node:path";

/** nft takes cgroups as paths below this directory, wherever the hierarchy is. */
const NFT_ROOT = "/sys/fs/cgroup";
/** CGROUP2_SUPER_MAGIC (linux/magic.h). */
const CGROUP2_MAGIC = 0x63677270;

export interface CgroupMount {
  readonly directory: string;
  /** How many levels of the hierarchy lie above this directory: 0 but where only a part of it is mounted. */
  readonly level: number;
}

/** The mounts of the hierarchy in `/proc/self/mountinfo` (`man 5 proc`), the whole one at its usual place first. */
export function cgroupMounts(mountinfo: string): readonly CgroupMount[] {
  return mountinfo
    .split("\n")
    .flatMap(readMount)
    .sort((a, b) => a.level - b.level || a.directory.length - b.directory.length);
}

/** The hierarchy's mount; undefined where there is none. A mount that another one hides does not count. */
export function cgroupMount(): CgroupMount | undefined {
  return cgroupMounts(readFileSync("/proc/self/mountinfo", "utf8")).find(({ directory }) =>
    isHierarchy(directory),
  );
}

/** A directory of the hierarchy as nft wants it: relative to /sys/fs/cgroup, by way of `..` where it is elsewhere. */
export function pathForNft(directory: string): string {
  return posix.relative(NFT_ROOT, directory);
}

function readMount(line: string): CgroupMount[] {
  const [before = "", after = ""] = line.split(" - ");
  const [, , , root = "", directory = ""] = before.split(" ");
  // Above the root of a cgroup namespace nobody knows how deep one is.
  if (!after.startsWith("cgroup2 ") || root.includes("..")) return [];
  return [{ directory: unescaped(directory), level: root.split("/").filter(Boolean).length }];
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function isHierarchy(directory: string): boolean {
  try {
    return statfsSync(directory).type === CGROUP2_MAGIC;
  } catch {
    return false;
  }
}
