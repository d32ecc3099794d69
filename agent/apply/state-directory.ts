/** Where the state is: made if need be, and refused where somebody else could have written what becomes firewall rules. */

import { accessSync, constants, mkdirSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

export const DEFAULT_STATE_DIRECTORY = "/var/lib/bulkhead";

/** Makes the directory where it is missing. Throws `apply/state-unwritable` or `apply/state-unsafe`. */
export function prepareStateDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    assertSafe(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(directory, error);
  }
}

/** Whether there is one to read. Throws `apply/state-unsafe` or `apply/state-unreadable`. */
export function hasStateDirectory(directory: string): boolean {
  try {
    if (statSync(directory, { throwIfNoEntry: false }) === undefined) return false;
    assertSafe(directory);
    accessSync(directory, constants.R_OK | constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof BulkheadError) throw error;
    throw new BulkheadError(
      "apply/state-unreadable",
      `${directory} cannot be read: ${(error as Error).message}`,
    );
  }
}

/** Whether this process could write there. */
export function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Nobody but us or root may be able to put files there, nor to put another directory in its place. */
function assertSafe(directory: string): void {
  const stats = statSync(directory);
  if (!stats.isDirectory())
    throw new BulkheadError("apply/state-unreadable", `${directory} is not a directory`);
  const above = dirname(resolve(directory));
  if (!isOurs(stats) || isWritableByOthers(stats)) throw unsafe(directory, stats);
  const parent = statSync(above);
  // In a directory like /tmp others may write, but not rename what is not theirs.
  if (isWritableByOthers(parent) && (parent.mode & 0o1000) === 0) throw unsafe(above, parent);
}

function isOurs({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

function isWritableByOthers({ mode }: Stats): boolean {
  return (mode & 0o022) !== 0;
}

function unsafe(directory: string, { uid, mode }: Stats): BulkheadError {
  const permissions = (mode & 0o7777).toString(8).padStart(4, "0");
  return new BulkheadError(
    "apply/state-unsafe",
    `${directory} belongs to uid ${uid} and has the permissions ${permissions}`,
  );
}

/** `apply/state-unwritable` for what the file system said. */
export function unwritable(directory: string, error: unknown): BulkheadError {
  if (error instanceof BulkheadError) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new BulkheadError("apply/state-unwritable", `${directory} cannot be written: ${words}`, {
    cause: error,
  });
}
