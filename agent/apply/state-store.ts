/**
 * What this host remembers, in one directory:
 *
 *     current.json    the policy that was loaded last and read back; it is in force unless the kernel says otherwise
 *     previous.json   the policy before it, for rollback
 *     pending.json    what a command was about to load when it began to touch the kernel; a policy on probation stays here
 *     looks.json      the counters when they were last looked at
 *     *.nft           what a boot loads (boot-store.ts)
 *     lock            who is at work
 *
 * Every file is written whole beside its place and renamed into it, and each step leaves something that the next command can read.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { BootStore } from "./boot-store.ts";
import { besideOf, removeDurably, renameDurably, writeDurably, writeThrough } from "./durable-file.ts";
import type { Generation } from "./generation.ts";
import { hasStateDirectory, unwritable } from "./state-directory.ts";
import { ABSENT, decodeState, encodeState, type StateFile } from "./state-file.ts";

export type StateName = "current" | "previous" | "pending";

export type StateFiles = Readonly<Record<StateName, StateFile>>;

export const STATE_NAMES: readonly StateName[] = ["current", "previous", "pending"];

/** The names of everything that this directory may hold of ours, but the lock. */
const LOOKS = "looks.json";
const RESERVE = "reserve";

export class StateStore {
  readonly directory: string;
  readonly #boot: BootStore;

  constructor(directory: string) {
    this.directory = directory;
    this.#boot = new BootStore(directory);
  }

  /** All absent where there is no directory. Throws `apply/state-unsafe` or `apply/state-unreadable`. */
  read(): StateFiles {
    if (!hasStateDirectory(this.directory)) return { current: ABSENT, previous: ABSENT, pending: ABSENT };
    return {
      current: this.#read("current"),
      previous: this.#read("previous"),
      pending: this.#read("pending"),
    };
  }

  /**
   * Writes down what is about to be loaded, and sets aside as much room as `promote` will need. After this the kernel may be touched.
   * Throws `apply/state-unwritable`, and then nothing has changed.
   */
  writePending(generation: Generation, reserveBytes: number): void {
    this.#writing(() => {
      try {
        writeThrough(this.#path(RESERVE), new Uint8Array(reserveBytes));
        writeDurably(this.#file("pending"), encodeState(generation));
      } catch (error) {
        removeDurably(this.#path(RESERVE));
        throw error;
      }
    });
  }

  /** The pending policy is on probation: notes what was read back, for `status`. */
  keepPending(generation: Generation): void {
    this.#writing(() => {
      removeDurably(this.#path(RESERVE));
      writeDurably(this.#file("pending"), encodeState(generation));
    });
  }

  /**
   * The pending policy is in force: it becomes the current one, and the current one the previous. Loading the same policy anew leaves the previous one alone, so
   * that rollback always leads to another policy. Can be repeated after an interruption at any point.
   */
  promote(generation: Generation): void {
    this.#writing(() => {
      removeDurably(this.#path(RESERVE));
      const current = this.#file("current");
      writeThrough(besideOf(current), encodeState(generation));
      const old = this.#read("current");
      const isAnother = old.kind === "generation" && old.generation.digest !== generation.digest;
      // First what a boot loads: after a power cut in between, the table that it makes and the pending file agree.
      this.#boot.promote(generation, isAnother ? "another" : "same");
      if (old.kind === "damaged") renameDurably(current, `${current}.damaged`);
      if (isAnother) renameDurably(current, this.#file("previous"));
      renameDurably(besideOf(current), current);
      removeDurably(this.#file("pending"));
    });
  }

  /** The pending policy is not in force, and will not be. */
  dropPending(): void {
    this.#writing(() => {
      removeDurably(this.#file("pending"));
      removeDurably(this.#path(RESERVE));
    });
  }

  /** Moves a damaged file out of the way, for somebody to look at. */
  setAside(name: StateName): void {
    this.#writing(() => renameDurably(this.#file(name), `${this.#file(name)}.damaged`));
  }

  /** Undefined where nobody has looked yet, or the file is damaged: counters are a convenience. */
  readLooks(): unknown {
    try {
      return JSON.parse(readFileSync(this.#path(LOOKS), "utf8"));
    } catch {
      return undefined;
    }
  }

  /** False where the directory cannot be written, which nothing depends on. */
  writeLooks(looks: object): boolean {
    try {
      writeDurably(this.#path(LOOKS), `${JSON.stringify(looks)}\n`);
      return true;
    } catch {
      return false;
    }
  }

  /** Makes what a boot loads agree with the policies that are known. Gives the names of those that did not. */
  repairBoot(): readonly ("current" | "previous")[] {
    const files = this.read();
    return (["current", "previous"] as const).filter((name) => {
      const file = files[name];
      return file.kind === "generation" && this.#writing(() => this.#boot.repair(name, file.generation));
    });
  }

  /** What a boot loads where no policy can be read; undefined: nothing. */
  keepFloor(floor: Omit<Generation, "loadedAt"> | undefined): void {
    this.#writing(() => this.#boot.keepFloor(floor));
  }

  /** Removes everything of ours but the lock. */
  clear(): void {
    const files = STATE_NAMES.map((name) => this.#file(name));
    const all = [
      // First, so that a boot after half of this finds nothing to load.
      ...this.#boot.files(),
      ...files.flatMap((file) => [file, besideOf(file), `${file}.damaged`]),
      this.#path(LOOKS),
      besideOf(this.#path(LOOKS)),
      this.#path(RESERVE),
    ];
    this.#writing(() => all.forEach(removeDurably));
  }

  #read(name: StateName): StateFile {
    try {
      return decodeState(readFileSync(this.#file(name), "utf8"));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return ABSENT;
      throw new BulkheadError("apply/state-unreadable", `${this.#file(name)} cannot be read: ${message}`, {
        cause: error,
      });
    }
  }

  #writing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw unwritable(this.directory, error);
    }
  }

  #file(name: StateName): string {
    return this.#path(`${name}.json`);
  }

  #path(name: string): string {
    return join(this.directory, name);
  }
}
