/** SQLite, opened in one place: how it is set up, and what its failures mean. */

import Sqlite from "better-sqlite3";

export type Database = Sqlite.Database;
export type Statement<Row = unknown> = Sqlite.Statement<unknown[], Row>;

/** Opens a file to write to. It must exist; SQLite makes an empty one of nothing, and we must know ours. */
export function openToWrite(path: string): Database {
  const database = new Sqlite(path, { fileMustExist: true, timeout: 1000 });
  return configured(database, () => {
    // A reader beside us (`flows` without a daemon) never waits, and a kill -9 loses nothing that was committed.
    database.pragma("journal_mode = WAL");
    // Only a power cut can take the last moments, and it tears nothing.
    database.pragma("synchronous = NORMAL");
    database.pragma("journal_size_limit = 8388608");
    database.pragma("temp_store = MEMORY");
    database.pragma("cache_size = -4096");
  });
}

/** Opens a file that is being made and has no readers yet: one file, no log beside it. */
export function openToMake(path: string): Database {
  const database = new Sqlite(path, { timeout: 1000 });
  return configured(database, () => {
    database.pragma("journal_mode = DELETE");
    database.pragma("synchronous = FULL");
  });
}

export function openToRead(path: string): Database {
  return new Sqlite(path, { fileMustExist: true, readonly: true, timeout: 1000 });
}

function configured(database: Database, set: () => void): Database {
  try {
    set();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** `no-room`: the same may work later; `damaged`: this file will not; `unusable`: the file system or somebody else is in the way; undefined: not SQLite's. */
export type FailureKind = "no-room" | "damaged" | "unusable";

export function failureKind(error: unknown): FailureKind | undefined {
  if (!(error instanceof Sqlite.SqliteError)) return undefined;
  if (/^SQLITE_(FULL|BUSY|LOCKED)/.test(error.code)) return "no-room";
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT|ERROR$)/.test(error.code)) return "damaged";
  return "unusable";
}

/** Bytes that hold something; pages that were freed are used again. */
export function usedBytes(database: Database): number {
  const pages = database.pragma("page_count", { simple: true }) as number;
  const free = database.pragma("freelist_count", { simple: true }) as number;
  return (pages - free) * (database.pragma("page_size", { simple: true }) as number);
}
