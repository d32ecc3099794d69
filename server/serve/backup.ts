/** A copy of everything that the server keeps, taken while it runs, and put back while it does not. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { assertIntact, type Database, openReadOnly } from "../store/database.ts";
import { holdDataDirectory } from "./data-directory.ts";

export interface BackupParts {
  readonly dataDirectory: string;
  /** `bulkhead.db` as it is open. */
  readonly database: Database;
}

/** Databases by their own online backup; everything else of these names as files. */
const DATABASES = ["bulkhead.db", "flows.db"] as const;
const FILES = /^authority(-\d+)?\.(key|pem)$/;

export interface Backup {
  readonly directory: string;
  readonly files: readonly string[];
  readonly bytes: number;
}

/** Makes the directory, which must not be there. What is acknowledged before it begins is in it. Throws `server/backup-failed`. */
export async function backup({ dataDirectory, database }: BackupParts, directory: string): Promise<Backup> {
  try {
    mkdirSync(directory, { mode: 0o700 });
    await database.backup(join(directory, "bulkhead.db"));
    const flows = openReadOnly(join(dataDirectory, "flows.db"));
    try {
      await flows.backup(join(directory, "flows.db"));
    } finally {
      flows.close();
    }
    for (const name of readdirSync(dataDirectory).filter((name) => FILES.test(name)))
      copyFileSync(join(dataDirectory, name), join(directory, name));
  } catch (error) {
    throw new BulkheadError("server/backup-failed", `${directory}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const files = readdirSync(directory).sort();
  const bytes = files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  return { directory, files, bytes };
}

/**
 * Puts a backup in the place of the data directory, which is kept beside it. The server must not run. Throws `server/backup-failed`, `server/already-running`;
 * then nothing has changed.
 */
export function restore(
  directory: string,
  dataDirectory: string,
  now: number,
): { readonly kept: string | undefined } {
  const missing = [...DATABASES, "authority.key", "authority.pem"].filter(
    (name) => !existsSync(join(directory, name)),
  );
  if (missing.length > 0)
    throw new BulkheadError(
      "server/backup-failed",
      `${directory} is no backup: ${missing.join(", ")} is missing`,
    );
  for (const name of DATABASES) assertIntact(join(directory, name));
  const isThere = existsSync(dataDirectory);
  using _held = isThere ? holdDataDirectory(dataDirectory) : undefined;
  const beside = `${dataDirectory}.restoring`;
  const kept = isThere ? `${dataDirectory}.before-${now}` : undefined;
  try {
    mkdirSync(beside, { mode: 0o700 });
    for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(beside, name));
    if (kept !== undefined) renameSync(dataDirectory, kept);
    renameSync(beside, dataDirectory);
  } catch (error) {
    throw new BulkheadError("server/backup-failed", `${dataDirectory}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return { kept };
}
