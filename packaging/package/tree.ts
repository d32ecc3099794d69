/** What a package holds, before any format: paths, their bytes and modes; made into a folder that looks the same whoever builds it. */

import { chmodSync, copyFileSync, lutimesSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file of a package: text, or a copy of a file of this machine. */
export interface TreeFile {
  readonly content: string | Uint8Array | { readonly copyOf: string };
  readonly executable?: boolean;
  /** The administrator's to change: an upgrade keeps what was changed. */
  readonly isConfiguration?: boolean;
}

/** By absolute path on the host. */
export type Tree = ReadonlyMap<string, TreeFile>;

/** The folders that the tree's files are in and that no other package of every system has. */
export function ownFolders(tree: Tree): readonly string[] {
  const folders = new Set<string>();
  for (const path of tree.keys())
    for (let folder = dirname(path); OWN.test(folder); folder = dirname(folder)) folders.add(folder);
  return [...folders].sort();
}

const OWN = /\/bulkhead(-agent|-server)?(\/|$)/;

/** Writes the tree below `root`, which is made; every time is `epoch` (seconds). */
export function writeTree(tree: Tree, root: string, epoch: number): void {
  const folders = new Set<string>([root]);
  for (const [path, file] of tree) {
    const target = join(root, path);
    for (let folder = dirname(target); folder.length > root.length; folder = dirname(folder))
      folders.add(folder);
    mkdirSync(dirname(target), { recursive: true });
    if (typeof file.content === "string" || file.content instanceof Uint8Array)
      writeFileSync(target, file.content);
    else copyFileSync(file.content.copyOf, target);
    chmodSync(target, file.executable === true ? 0o755 : 0o644);
    lutimesSync(target, epoch, epoch);
  }
  // A folder changes its time with every file in it, so it comes last, the deepest first.
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    chmodSync(folder, 0o755);
    lutimesSync(folder, epoch, epoch);
  }
}
