/** One command at a time, for each state directory and for each network namespace. */

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { inheritable, tryFlock } from "../kernel/host/flock.ts";
import { unwritable } from "./state-directory.ts";

/** Who holds a lock, as far as its file says. */
export interface Holder {
  readonly pid: number;
  readonly command: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface LockRequest {
  readonly files: readonly string[];
  /** The command, for others to be told. */
  readonly command: string;
  readonly waitMilliseconds: number;
  /** Stops the waiting. */
  readonly signal?: AbortSignal;
}

export interface Lock {
  /** Lets go. */
  release(): void;
  /** Removes the lock's files as well, and directories that are empty then. */
  remove(): void;
}

const POLL_MILLISECONDS = 25;

/** Where the lock of this network namespace is: two state directories can lead to the same kernel table. */
export function namespaceLock(): string | undefined {
  const file = join("/run/bulkhead", `netns-${statSync("/proc/self/ns/net").ino}.lock`);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
    return file;
  } catch {
    // Inside a user namespace /run belongs to somebody else; then the state directory's lock is all there is.
    return undefined;
  }
}

/** Takes all of the locks, in order. Throws `apply/locked`, naming who holds one, once the time is over; `apply/interrupted` by the signal. */
export async function takeLock(request: LockRequest): Promise<Lock> {
  const deadline = performance.now() + request.waitMilliseconds;
  const taken: { readonly file: string; readonly fd: number }[] = [];
  const release = () => {
    for (const { fd } of taken.splice(0)) closeSync(fd);
  };
  try {
    for (const file of request.files) taken.push({ file, fd: await takeOne(file, deadline, request) });
  } catch (error) {
    release();
    throw error;
  }
  return {
    release,
    remove: () => {
      for (const { file } of taken) {
        rmSync(file, { force: true });
        removeIfEmpty(dirname(file));
      }
      release();
    },
  };
}

async function takeOne(file: string, deadline: number, request: LockRequest): Promise<number> {
  for (;;) {
    const fd = tryOne(file, request.command);
    if (fd !== undefined) return fd;
    if (performance.now() >= deadline) throw locked(file, request.waitMilliseconds);
    if (request.signal?.aborted) throw new BulkheadError("apply/interrupted", "interrupted while waiting");
    await pause(POLL_MILLISECONDS);
  }
}

function tryOne(file: string, command: string): number | undefined {
  const fd = openLock(file);
  let held = false;
  try {
    // `clear` removes the file while it holds it: whoever waited then has the lock of a file that nobody else will find.
    held = tryFlock(fd) && fstatSync(fd).ino === inodeOf(file);
    if (!held) return undefined;
    // nft may outlive us when we are killed; until it has ended, nobody may take the kernel for what it is not yet.
    inheritable(fd);
    introduce(fd, command);
    return fd;
  } finally {
    if (!held) closeSync(fd);
  }
}

function openLock(file: string): number {
  try {
    // `clear` may have taken the directory away since we looked.
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    throw unwritable(dirname(file), error);
  }
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

function introduce(fd: number, command: string): void {
  const holder: Holder = { pid: process.pid, command, since: new Date().toISOString() };
  try {
    ftruncateSync(fd);
    writeSync(fd, `${JSON.stringify(holder)}\n`, 0);
  } catch {
    // A full disk: the lock holds all the same, others are only not told whose it is.
  }
}

/** Who holds the lock; undefined where the file does not say. */
export function holderOf(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function locked(file: string, waited: number): BulkheadError {
  const holder = holderOf(file);
  const who =
    holder === undefined
      ? "another process"
      : `process ${holder.pid} ('${holder.command}', since ${holder.since}${isAlive(holder.pid) ? "" : "; it has ended, but the nft that it started has not"})`;
  const long = waited === 0 ? "" : `, also after ${waited / 1000} s`;
  return new BulkheadError("apply/locked", `${who} holds ${file}${long}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Somebody else's files are in it, or it is a mount point.
  }
}
