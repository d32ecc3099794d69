/** Files that are whole or not there, whatever happens in between. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Writes the text beside the file, makes the disk keep it, and puts it in the file's place. */
export function writeDurably(path: string, text: string | Uint8Array): void {
  const beside = besideOf(path);
  try {
    writeThrough(beside, text);
    renameDurably(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Writes a file and makes the disk keep it. It is torn if we end in between. */
export function writeThrough(path: string, text: string | Uint8Array): void {
  const fd = openSync(path, "w", 0o600);
  try {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A rename that a power cut does not undo. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
}

export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

/** Where the next content of a file is written before it takes the file's place. */
export function besideOf(path: string): string {
  return `${path}.new`;
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
