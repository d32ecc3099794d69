/** The one door to SQLite at the centre: opens a database file, brings its schema up to date, and says what is wrong with it. */

import { chmodSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import SqliteDatabase from "better-sqlite3";

export type Database = SqliteDatabase.Database;

/** A step of the schema: `PRAGMA user_version` says how many were taken. Never changed once it was released, only added to. */
export type Migration = string;

export interface DatabaseSpec {
  readonly path: string;
  /** Tells ours from other SQLite files (PRAGMA application_id). */
  readonly applicationId: number;
  readonly migrations: readonly Migration[];
  /** What steps of the schema call in SQL. */
  readonly functions?: Readonly<Record<string, (...given: unknown[]) => unknown>>;
}

/**
 * Opens the file in WAL mode, making it where it is missing. What a commit has acknowledged survives a kill, and the loss of power.
 * Throws `server/store-unusable`, `server/store-newer`.
 */
export function openDatabase({ path, applicationId, migrations, functions = {} }: DatabaseSpec): Database {
  let database: Database | undefined;
  try {
    if (path !== IN_MEMORY) prepareFile(path, applicationId);
    database = new SqliteDatabase(path);
    const opened = database;
    opened.pragma("journal_mode = WAL");
    opened.pragma("synchronous = FULL");
    opened.pragma("foreign_keys = ON");
    opened.pragma("busy_timeout = 5000");
    if (path !== IN_MEMORY && opened.pragma("application_id", { simple: true }) !== applicationId)
      throw new BulkheadError("server/store-unusable", `${path} is not a database of ours`);
    for (const [name, work] of Object.entries(functions))
      opened.function(name, { varargs: true, deterministic: true }, work);
    migrate(opened, path, migrations);
    return opened;
  } catch (error) {
    database?.close();
    if (error instanceof BulkheadError) throw error;
    throw new BulkheadError("server/store-unusable", `${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** SQLite's name for a database that is no file. */
const IN_MEMORY = ":memory:";

/**
 * Secrets are in it, and SQLite would make it for everybody to read; the files beside it get its permissions. It has its name only once it is known as ours: an empty file of
 * that name is not one that was just begun, but one that was lost.
 */
function prepareFile(path: string, applicationId: number): void {
  if (!existsSync(path)) {
    const begun = `${path}.begun`;
    writeFileSync(begun, "", { mode: 0o600 });
    const database = new SqliteDatabase(begun);
    database.pragma(`application_id = ${applicationId}`);
    database.close();
    renameSync(begun, path);
  }
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
}

function migrate(database: Database, path: string, migrations: readonly Migration[]): void {
  const version = database.pragma("user_version", { simple: true }) as number;
  if (version > migrations.length)
    throw new BulkheadError(
      "server/store-newer",
      `${path} has schema version ${version}, this server knows ${migrations.length}`,
    );
  for (const [at, sql] of migrations.entries())
    if (at >= version)
      database.transaction(() => {
        database.exec(sql);
        database.pragma(`user_version = ${at + 1}`);
      })();
}

/** Whether the disk had no room: the same may work later. */
export function isFull(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && /^SQLITE_(FULL|IOERR)/.test(error.code);
}

/** For a copy of it, beside whoever writes. */
export function openReadOnly(path: string): Database {
  return new SqliteDatabase(path, { readonly: true, fileMustExist: true });
}

export function hasColumn(database: Database, table: string, column: string): boolean {
  return (
    database.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, column) !== undefined
  );
}

/** Throws `server/store-unusable` for a file that is damaged, or no database. */
export function assertIntact(path: string): void {
  let database: Database | undefined;
  try {
    database = openReadOnly(path);
    const found = database.pragma("quick_check", { simple: true });
    if (found !== "ok") throw new Error(String(found));
  } catch (error) {
    throw new BulkheadError("server/store-unusable", `${path}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    database?.close();
  }
}

/** Holds a file for one process, until it is disposed of or the process ends, however it ends: SQLite's lock on an empty database. Undefined where another process holds it. */
export function holdFile(path: string): Disposable | undefined {
  const database = new SqliteDatabase(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return { [Symbol.dispose]: () => void database.close() };
  } catch (error) {
    database.close();
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith("SQLITE_BUSY")) return undefined;
    throw error;
  }
}
