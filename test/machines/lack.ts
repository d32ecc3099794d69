import { spawnSync } from "node:child_process";
import { cgroupRoot } from "../estate/cgroups.ts";
import { has, missing } from "../package/built.ts";
import { baseTree } from "./base-tree.ts";

const TOOLS = ["debootstrap", "systemd-nspawn", "socat", "setpriv", "nsenter", "flock"];
/** What a container that we may be in ourselves would refuse first. */
const TRIAL = [
  "set -e",
  "mount -t tmpfs tmpfs /mnt",
  "mkdir /mnt/lower /mnt/upper /mnt/work /mnt/root",
  "mount -t overlay overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root",
  "mount -t sysfs -o ro sysfs /sys",
  "mount -t cgroup2 cgroup2 /sys/fs/cgroup",
].join("\n");

/** Why this machine cannot boot others, in words; undefined where it can, with a Debian at hand. */
export async function lackOfMachines(): Promise<string | undefined> {
  return lackOfPowers() ?? (await lackOfDebian());
}

/** Whether a mirror answers is not ours to test; what else debootstrap says is. */
async function lackOfDebian(): Promise<string | undefined> {
  try {
    await baseTree();
    return undefined;
  } catch (error) {
    if (!/Failed getting release file|Couldn't download|Invalid Release/.test(String(error))) throw error;
    return "debootstrap has no way to a mirror of Debian";
  }
}

function lackOfPowers(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can boot machines";
  const absent = TOOLS.filter((tool) => !has(tool));
  if (absent.length > 0) return `not installed: ${absent.join(", ")}`;
  if (cgroupRoot() === undefined) return "there is no hierarchy of cgroups v2";
  const trial = spawnSync("unshare", ["--net", "--mount", "--propagation", "private", "sh", "-c", TRIAL]);
  if (trial.status !== 0) return `no mounts of our own: ${trial.stderr.toString().trim()}`;
  return missing();
}
