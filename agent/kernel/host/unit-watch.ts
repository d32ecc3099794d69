/** Notices units that come and go, by inotify on the slices of the cgroup hierarchy: a restarted unit has a new cgroup. */

import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { CgroupMount } from "./cgroup-mount.ts";
import { isCgroupOf, isOpenSlice } from "./units.ts";

const MOST_SLICES = 1_000;

export class UnitWatch implements Disposable {
  readonly #mount: CgroupMount;
  readonly #changed: () => void;
  /** By inode and directory. */
  readonly #watchers = new Map<string, FSWatcher>();
  #units: readonly string[] = [];

  constructor(mount: CgroupMount, changed: () => void) {
    this.#mount = mount;
    this.#changed = changed;
  }

  /** Watches for these units and no others; for none, nothing is watched. */
  follow(units: readonly string[]): void {
    this.#units = units;
    this.#watch();
  }

  [Symbol.dispose](): void {
    this.follow([]);
  }

  #watch(): void {
    const slices = this.#units.length === 0 ? [] : slicesBelow(this.#mount.directory);
    const wanted = new Map(slices.map((directory) => [`${inodeOf(directory)} ${directory}`, directory]));
    for (const key of [...this.#watchers.keys()]) if (!wanted.has(key)) this.#forget(key);
    for (const [key, directory] of wanted) if (!this.#watchers.has(key)) this.#watchSlice(key, directory);
  }

  #watchSlice(key: string, directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => this.#happened(name));
      watcher.on("error", () => this.#forget(key));
      this.#watchers.set(key, watcher);
    } catch {
      // Gone in between.
    }
  }

  #happened(name: string | null): void {
    const isSlice = name === null || isOpenSlice(name);
    if (isSlice) this.#watch();
    // A slice may have come with units in it.
    if (isSlice || this.#units.some((unit) => isCgroupOf(unit, name))) this.#changed();
  }

  #forget(key: string): void {
    this.#watchers.get(key)?.close();
    this.#watchers.delete(key);
  }
}

/** The hierarchy's top, and every slice in which units may be. */
function slicesBelow(top: string): readonly string[] {
  const found = [top];
  for (let at = 0; at < found.length && found.length < MOST_SLICES; at++)
    found.push(...slicesIn(found[at] ?? top));
  return found;
}

function slicesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isOpenSlice(entry.name))
      .map(({ name }) => join(directory, name));
  } catch {
    return [];
  }
}

function inodeOf(directory: string): bigint | undefined {
  return statSync(directory, { bigint: true, throwIfNoEntry: false })?.ino;
}
