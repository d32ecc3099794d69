/** A disk that may be full, read-only, or damaged: work is done on it when it can be, and what stands in the way is said once. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Loss } from "@bulkhead/shared/flow/record.ts";
import { failureKind } from "./database.ts";
import { SpoolDisk } from "./spool-disk.ts";
import { inodeOf, isInPlace, openSpoolFile, wordsOf } from "./spool-file.ts";

/** A disk that took nothing is asked again after so long. */
const RETRY_MILLISECONDS = 2_000;

export interface DiskWatcher {
  /** A file was set aside, or writing begins to fail. */
  tell(note: BulkheadError): void;
  /** A file with records in it is gone. */
  lost(loss: Loss): void;
}

export class RecoveringDisk {
  readonly #path: string;
  readonly #now: () => number;
  readonly #watcher: DiskWatcher;
  #disk: SpoolDisk | undefined;
  #inode = 0;
  #trouble: string | undefined;
  #failedAt: number | undefined;

  constructor(path: string, now: () => number, watcher: DiskWatcher) {
    this.#path = path;
    this.#now = now;
    this.#watcher = watcher;
  }

  /** Why nothing can be written; undefined where it can. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** What the work gives; undefined where the disk takes nothing. On a file that turns out damaged it is done again, on a fresh one. */
  write<T>(work: (disk: SpoolDisk) => T): T | undefined {
    if (!this.#isDue()) return undefined;
    try {
      const result = this.#onSoundFile(work);
      this.#trouble = undefined;
      this.#failedAt = undefined;
      return result;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** Likewise; says nothing of whether the disk can be written. */
  read<T>(work: (disk: SpoolDisk) => T): T | undefined {
    if (this.#disk === undefined && !this.#isDue()) return undefined;
    try {
      return work(this.#opened());
    } catch (error) {
      // The next write finds out what it is.
      if (!isOfDisk(error)) throw error;
      return undefined;
    }
  }

  close(): void {
    this.#disk?.database.close();
    this.#disk = undefined;
  }

  /** The clock may have been put back since. */
  #isDue(): boolean {
    return this.#failedAt === undefined || Math.abs(this.#now() - this.#failedAt) >= RETRY_MILLISECONDS;
  }

  #onSoundFile<T>(work: (disk: SpoolDisk) => T): T {
    this.#letGoOfLostFile();
    // What is counted in memory is not true after a transaction that failed.
    if (this.#failedAt !== undefined) this.close();
    try {
      return work(this.#opened());
    } catch (error) {
      if (failureKind(error) !== "damaged") throw error;
      this.close();
      this.#open(wordsOf(error));
      return work(this.#opened());
    }
  }

  #opened(): SpoolDisk {
    this.#disk ??= this.#open(undefined);
    return this.#disk;
  }

  /** `condemned`: why the file that is there is not to be used. */
  #open(condemned: string | undefined): SpoolDisk {
    const now = this.#now();
    const { database, damaged } = openSpoolFile(this.#path, now, condemned);
    try {
      this.#disk = new SpoolDisk(database, now);
      this.#inode = inodeOf(this.#path);
    } catch (error) {
      database.close();
      this.#disk = undefined;
      throw error;
    }
    if (damaged !== undefined) {
      const { why, aside, since } = damaged;
      this.#watcher.lost({ what: "spool-broken", start: since, end: now });
      this.#watcher.tell(
        new BulkheadError("daemon/spool-damaged", `${this.#path} ${why}; it is now ${aside}`),
      );
    }
    return this.#disk;
  }

  /** Somebody has removed or cut the file that is open; how much it held is still known. */
  #letGoOfLostFile(): void {
    if (this.#disk === undefined || isInPlace(this.#path, this.#inode)) return;
    const { records } = this.#disk;
    this.close();
    if (records === 0) return;
    const now = this.#now();
    this.#watcher.lost({ what: "spool-broken", start: now, end: now, count: records });
    this.#watcher.tell(
      new BulkheadError("daemon/spool-damaged", `${this.#path} was removed or cut while it was in use`),
    );
  }

  #failed(error: unknown): void {
    if (!isOfDisk(error)) throw error;
    this.#failedAt = this.#now();
    const words = wordsOf(error);
    if (this.#trouble === undefined)
      this.#watcher.tell(new BulkheadError("daemon/spool-unwritable", `${this.#path}: ${words}`));
    this.#trouble = words;
  }
}

/** SQLite's and the file system's; all else is a defect of ours, and must be seen. */
function isOfDisk(error: unknown): boolean {
  if (failureKind(error) !== undefined) return true;
  return error instanceof Error && "syscall" in error;
}
