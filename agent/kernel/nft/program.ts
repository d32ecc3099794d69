/** Finding a program that is to run with our rights. */

import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";

const SYSTEM = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The directories of a `PATH`, then the system's own: a cron job's or a plain user's PATH often lacks `sbin`. */
export function programDirectories(path: string | undefined): readonly string[] {
  return [...new Set([...(path ?? "").split(":").filter(isAbsolute), ...SYSTEM])];
}

/** The first program of this name that nobody but its owner can have put there or changed; undefined where there is none. */
export function findProgram(name: string, directories: readonly string[]): string | undefined {
  return directories
    .find((directory) => isTrusted(directory) && isProgram(join(directory, name)))
    ?.concat("/", name);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile() && isTrusted(file);
  } catch {
    return false;
  }
}

/** Not writable by group or others. The owner is not looked at: inside a user namespace root's files belong to nobody. */
function isTrusted(path: string): boolean {
  try {
    return (statSync(path).mode & 0o022) === 0;
  } catch {
    return false;
  }
}
