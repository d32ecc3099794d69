/** Notices that files may have changed, however they are written: in place, by rename, through a link, with their folder gone and made again. */

import { type FSWatcher, readdirSync, realpathSync, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";

/** What no event told (network file systems, links that were turned elsewhere) is seen by looking. */
const LOOK_MILLISECONDS = 5_000;
const MOST_WATCHED = 1_000;

/** Calls back after events on these files and folders (in any depth), until it is disposed of. May call back though nothing has changed. */
export function watchPaths(paths: readonly string[], changed: () => void): Disposable {
  return new PathWatch(paths, changed);
}

class PathWatch implements Disposable {
  readonly #paths: readonly string[];
  readonly #changed: () => void;
  readonly #timer: NodeJS.Timeout;
  /** By inode and path. */
  readonly #watchers = new Map<string, FSWatcher>();
  #seen: string;

  constructor(paths: readonly string[], changed: () => void) {
    this.#paths = paths;
    this.#changed = changed;
    this.#watch();
    this.#seen = this.#signature();
    this.#timer = setInterval(() => this.#look(), LOOK_MILLISECONDS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #look(): void {
    const signature = this.#signature();
    if (signature === this.#seen) return;
    this.#seen = signature;
    this.#watch();
    this.#changed();
  }

  /** Watches what is there now, and the nearest folder above what is not. */
  #watch(): void {
    const folders = this.#paths.flatMap((path) => [nearestFolder(dirname(path)), ...foldersIn(path)]);
    // A folder that was removed and made again has the old one's name, and other events.
    const wanted = new Map(folders.map((folder) => [`${inode(folder)} ${folder}`, folder]));
    for (const key of [...this.#watchers.keys()]) if (!wanted.has(key)) this.#forget(key);
    for (const [key, folder] of wanted) if (!this.#watchers.has(key)) this.#watchFolder(key, folder);
  }

  #watchFolder(key: string, folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#happened());
      watcher.on("error", () => this.#forget(key));
      this.#watchers.set(key, watcher);
    } catch {
      // Gone in between, or no watches left on this machine: then looking is all there is.
    }
  }

  #happened(): void {
    this.#watch();
    this.#changed();
  }

  #forget(key: string): void {
    this.#watchers.get(key)?.close();
    this.#watchers.delete(key);
  }

  #signature(): string {
    return this.#paths
      .flatMap((path) => [path, ...foldersIn(path).flatMap((folder) => entriesOf(folder))])
      .map((path) => `${path} ${describe(path)}`)
      .join("\n");
  }
}

/** The path itself where it is a folder, and all folders below it; behind links, where they lead. */
function foldersIn(path: string): readonly string[] {
  const found: string[] = [];
  const queue = [path];
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const real = realFolder(folder);
    if (real === undefined || found.includes(real) || found.length >= MOST_WATCHED) continue;
    found.push(real);
    queue.push(...entriesOf(real));
  }
  return found;
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function realFolder(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

function nearestFolder(path: string): string {
  return realFolder(path) ?? (path === dirname(path) ? path : nearestFolder(dirname(path)));
}

function inode(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

function describe(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return "gone";
  }
}
