/** The file itself: ours is opened, a damaged one is set aside, a missing one is made whole before it gets its name. */

import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type Database, failureKind, openToMake, openToRead, openToWrite } from "./database.ts";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from "./schema.ts";

export function spoolPath(directory: string): string {
  return join(directory, "flows.db");
}

/** As many damaged files are kept for somebody to look at; the oldest go. */
const KEPT_DAMAGED = 2;

export interface OpenedFile {
  readonly database: Database;
  /** Where the file before this one was set aside, why, and since when it had been in use. */
  readonly damaged: { readonly why: string; readonly aside: string; readonly since: number } | undefined;
}

/**
 * Opens the spool's file, or a fresh one; one that is `condemned` for a reason is not tried again. Throws `daemon/spool-newer`, and what SQLite or the file system says of a
 * disk that is full or read-only.
 */
export function openSpoolFile(path: string, now: number, condemned?: string): OpenedFile {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    return { database: makeAndOpen(path), damaged: undefined };
  const found = condemned ?? openOwn(path);
  if (typeof found !== "string") return { database: found, damaged: undefined };
  const damaged = { why: found, since: bornAt(path, now) ?? now, aside: setAside(path, now) };
  return { database: makeAndOpen(path), damaged };
}

/** Opens it beside the daemon that may be writing to it; undefined where there is none. Throws `daemon/spool-unreadable` or `daemon/spool-newer`. */
export function readSpoolFile(path: string): Database | undefined {
  let database: Database | undefined;
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    database = openToRead(path);
    const why = strangeness(database, path);
    if (why === undefined) return database;
    throw new BulkheadError("daemon/spool-unreadable", `${path} ${why}`);
  } catch (error) {
    database?.close();
    if (error instanceof BulkheadError) throw error;
    throw new BulkheadError("daemon/spool-unreadable", `${path}: ${wordsOf(error)}`, { cause: error });
  }
}

/** Whether the file that is open is still the one of that name, and whole; somebody may have taken or cut it. */
export function isInPlace(path: string, inode: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.ino === inode && stats.size > 0;
}

export function inodeOf(path: string): number {
  return statSync(path).ino;
}

/** The file if it is ours and whole; else what is wrong with it. */
function openOwn(path: string): Database | string {
  if (statSync(path).size === 0) return "was cut to nothing";
  let database: Database | undefined;
  try {
    database = openToWrite(path);
    const why = strangeness(database, path) ?? damage(database);
    if (why === undefined) {
      chmodSync(path, 0o600);
      return database;
    }
    database.close();
    return why;
  } catch (error) {
    database?.close();
    if (failureKind(error) === "damaged") return `is damaged: ${wordsOf(error)}`;
    throw error;
  }
}

function strangeness(database: Database, path: string): string | undefined {
  const application = database.pragma("application_id", { simple: true });
  if (application !== APPLICATION_ID) return "is another program's";
  const version = database.pragma("user_version", { simple: true }) as number;
  if (version > SCHEMA_VERSION)
    throw new BulkheadError(
      "daemon/spool-newer",
      `${path} has the format ${version}, and this version knows ${SCHEMA_VERSION}`,
    );
  return version === SCHEMA_VERSION ? undefined : `has the unknown format ${version}`;
}

function damage(database: Database): string | undefined {
  const answer = database.pragma("quick_check(1)", { simple: true });
  return answer === "ok" ? undefined : `is damaged: ${String(answer)}`;
}

function makeAndOpen(path: string): Database {
  const beside = `${path}.new`;
  const directory = dirname(path);
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) mkdirSync(directory, { mode: 0o700 });
  for (const left of [beside, `${beside}-journal`, `${path}-wal`, `${path}-shm`])
    rmSync(left, { force: true });
  try {
    closeSync(openSync(beside, "wx", 0o600));
    const database = openToMake(beside);
    try {
      database.exec(SCHEMA);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${SCHEMA_VERSION}`);
    } finally {
      database.close();
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  return openToWrite(path);
}

/** Gives the damaged file another name; its log first, since a log beside a fresh file would be taken for that one's. */
function setAside(path: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, "-");
  const aside = `${path}-corrupt-${time}`;
  rmSync(`${path}-shm`, { force: true });
  if (statSync(`${path}-wal`, { throwIfNoEntry: false }) !== undefined)
    renameSync(`${path}-wal`, `${aside}-wal`);
  renameSync(path, aside);
  forgetOldest(path);
  return aside;
}

function forgetOldest(path: string): void {
  const directory = dirname(path);
  const damaged = readdirSync(directory)
    .filter((name) => name.startsWith(`${basename(path)}-corrupt-`) && !name.endsWith("-wal"))
    .sort();
  for (const name of damaged.slice(0, Math.max(0, damaged.length - KEPT_DAMAGED)))
    for (const ending of ["", "-wal"]) rmSync(join(directory, `${name}${ending}`), { force: true });
}

/** Where the file system does not know, the last change stands in. */
export function bornAt(path: string, now: number): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const { birthtimeMs, mtimeMs } = stats;
  return Math.min(now, Math.floor(birthtimeMs > 0 ? birthtimeMs : mtimeMs));
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
