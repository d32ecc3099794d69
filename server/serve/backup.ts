/** A copy of everything that the server keeps, taken while it runs, and put back while it does not. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { headText } from "../audit/head.ts";
import { headOfStore } from "../audit/verification.ts";
import { assertIntact, type Database, openDatabase, openReadOnly } from "../store/database.ts";
import { EventStore } from "../store/estate/event-store.ts";
import { MANIFEST, manifestHead, readManifest, writeManifest } from "./backup-manifest.ts";
import { holdDataDirectory } from "./data-directory.ts";
import { mainDatabase } from "./schema.ts";

export interface BackupParts {
  readonly dataDirectory: string;
  /** `bulkhead.db` as it is open. */
  readonly database: Database;
  readonly version: string;
  readonly now: () => number;
}

/** Databases by their own online backup; everything else of these names as files. */
const DATABASES = ["bulkhead.db", "flows.db"] as const;
const FILES = /^authority(-\d+)?\.(key|pem)$/;

export interface Backup {
  readonly directory: string;
  readonly files: readonly string[];
  readonly bytes: number;
  /** `NUMBER:HASH` of the last entry of the audit log that is in it. */
  readonly head: string | null;
}

/** Makes the directory, which must not be there. What is acknowledged before it begins is in it. Throws `server/backup-failed`. */
export async function backup(parts: BackupParts, directory: string): Promise<Backup> {
  const { dataDirectory, database } = parts;
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
    await writeManifest(directory, parts);
  } catch (error) {
    throw new BulkheadError("server/backup-failed", `${directory}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const files = readdirSync(directory).sort();
  const bytes = files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  return { directory, files, bytes, head: manifestHead(directory) };
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
  readManifest(directory);
  const isThere = existsSync(dataDirectory);
  using _held = isThere ? holdDataDirectory(dataDirectory) : undefined;
  const beside = `${dataDirectory}.restoring`;
  const kept = isThere ? `${dataDirectory}.before-${now}` : undefined;
  try {
    mkdirSync(beside, { mode: 0o700 });
    for (const name of readdirSync(directory).filter((name) => name !== MANIFEST))
      copyFileSync(join(directory, name), join(beside, name));
    noteRestored({ directory, beside, replaced: isThere ? dataDirectory : undefined, now });
    if (kept !== undefined) renameSync(dataDirectory, kept);
    renameSync(beside, dataDirectory);
  } catch (error) {
    throw new BulkheadError("server/backup-failed", `${dataDirectory}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return { kept };
}

interface Restored {
  readonly directory: string;
  /** The copy that takes the data directory's place. */
  readonly beside: string;
  /** The data directory that it replaces. */
  readonly replaced: string | undefined;
  readonly now: number;
}

/** The log of the backup goes on from there. That it is another one than what the server had last is its first entry, with where that one stood. */
function noteRestored({ directory, beside, replaced, now }: Restored): void {
  const before = replaced === undefined ? null : headOrProblem(join(replaced, "bulkhead.db"));
  const database = openDatabase(mainDatabase(join(beside, "bulkhead.db")));
  try {
    new EventStore(database).add({
      ...{ at: now, kind: "backup-restored", who: "local", about: "server" },
      facts: { directory, replaced: before, account: userInfo().username },
      ...{ credential: "local", address: "socket" },
    });
  } finally {
    database.close();
  }
}

/** What is replaced may be replaced because it cannot be read. */
function headOrProblem(path: string): string | null {
  try {
    const head = headOfStore(path);
    return head === undefined ? null : headText(head);
  } catch (error) {
    return `unreadable: ${(error as Error).message}`.slice(0, 500);
  }
}
