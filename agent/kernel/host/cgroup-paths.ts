/** Which unit a cgroup belongs to, by the cgroup's id: the inode of its directory. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CgroupMount, cgroupMount } from "./cgroup-mount.ts";
import { unitOf } from "./processes.ts";

const MOST_CGROUPS = 50_000;
/** Milliseconds from one walk to the next, and how many times its own duration that is at least: at most 5 % of a core. */
const SHORTEST_PAUSE = 200;
const PAUSE_FACTOR = 20;

export interface KnownCgroup {
  readonly directory: string;
  /** The outermost service or scope that it is in; undefined where it is in none. */
  readonly unit: string | undefined;
}

/** Walks the hierarchy when it is asked for an id that it does not know, and not too often. */
export class CgroupPaths {
  readonly #mount: CgroupMount | undefined;
  readonly #clock: () => number;
  #known = new Map<string, KnownCgroup>();
  #nextWalk = Number.NEGATIVE_INFINITY;

  /** @param clock monotonic milliseconds. */
  constructor(mount = cgroupMount(), clock: () => number = () => performance.now()) {
    this.#mount = mount;
    this.#clock = clock;
    // The first connection must not wait for it: its socket may be gone by then.
    if (mount !== undefined) this.#known = walk(mount.directory);
  }

  /** Undefined where it is gone already, or where it is too early to look again. */
  find(id: string): KnownCgroup | undefined {
    const known = this.#known.get(id);
    if (known !== undefined || this.#mount === undefined) return known;
    const start = this.#clock();
    if (start < this.#nextWalk) return undefined;
    this.#known = walk(this.#mount.directory);
    const end = this.#clock();
    this.#nextWalk = end + Math.max(SHORTEST_PAUSE, (end - start) * PAUSE_FACTOR);
    return this.#known.get(id);
  }
}

function walk(root: string): Map<string, KnownCgroup> {
  const found = new Map<string, KnownCgroup>();
  const queue = [{ directory: root, path: "" }];
  for (let at = 0; at < queue.length && at < MOST_CGROUPS; at++) {
    const cgroup = queue[at];
    if (cgroup === undefined) break;
    const { directory, path } = cgroup;
    const inode = inodeOf(directory);
    if (inode === undefined) continue;
    found.set(inode, { directory, unit: unitOf(`0::${path}`) });
    for (const name of childrenOf(directory))
      queue.push({ directory: join(directory, name), path: `${path}/${name}` });
  }
  return found;
}

function inodeOf(directory: string): string | undefined {
  return statSync(directory, { bigint: true, throwIfNoEntry: false })?.ino.toString();
}

function childrenOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    // Cgroups go while we look.
    return [];
  }
}
