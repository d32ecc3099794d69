/** Files that are whole or not there, whatever happens in between, and that nobody else may read. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes the text beside the file (mode 0600), makes the disk keep it, and puts it in the file's place. Throws what the file system throws. */
export function writeDurably(path: string, text: string): void {
  const beside = `${path}.new`;
  // What an interrupted attempt left could have been given other permissions, which opening it would keep.
  rmSync(beside, { force: true });
  const fd = openSync(beside, "wx", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(beside, path);
  syncDirectory(dirname(path));
}

/** Removes the file so that a power cut does not bring it back. */
export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
