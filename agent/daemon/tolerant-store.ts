/** The state on disk, which may be full or read-only: then the state is kept in memory and written as soon as it can be. Enforcement does not wait for a disk. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Generation } from "../apply/generation.ts";
import { unwritable } from "../apply/state-directory.ts";
import { ABSENT, type StateFile } from "../apply/state-file.ts";
import { type StateFiles, type StateName, StateStore } from "../apply/state-store.ts";

export class TolerantStore extends StateStore {
  /** Present while the disk does not have what is true. */
  #memory: StateFiles | undefined;
  #trouble: BulkheadError | undefined;
  #seen: StateFiles = { current: ABSENT, previous: ABSENT, pending: ABSENT };

  /** Why the state is not on disk; undefined where it is. */
  get trouble(): BulkheadError | undefined {
    return this.#trouble;
  }

  override read(): StateFiles {
    this.save();
    this.#seen = this.#memory ?? super.read();
    return this.#seen;
  }

  /** Tries to bring to disk what is only in memory. True where the disk has everything. */
  save(): boolean {
    if (this.#memory === undefined) return true;
    const { current, previous, pending } = this.#memory;
    try {
      if (previous.kind === "generation") super.promote(previous.generation);
      if (current.kind === "generation") super.promote(current.generation);
      if (pending.kind === "generation") super.keepPending(pending.generation);
      else super.dropPending();
      this.#memory = undefined;
      this.#trouble = undefined;
      return true;
    } catch (error) {
      this.#trouble = unwritable(this.directory, error);
      return false;
    }
  }

  override writePending(generation: Generation, reserveBytes: number): void {
    this.#change(() => super.writePending(generation, reserveBytes), { pending: fileOf(generation) });
  }

  override keepPending(generation: Generation): void {
    this.#change(() => super.keepPending(generation), { pending: fileOf(generation) });
  }

  override promote(generation: Generation): void {
    const { current, previous } = this.#known();
    const isAnother = current.kind === "generation" && current.generation.digest !== generation.digest;
    this.#change(() => super.promote(generation), {
      current: fileOf(generation),
      previous: isAnother ? current : previous,
      pending: ABSENT,
    });
  }

  override dropPending(): void {
    this.#change(() => super.dropPending(), { pending: ABSENT });
  }

  override setAside(name: StateName): void {
    this.#change(() => super.setAside(name), { [name]: ABSENT });
  }

  #known(): StateFiles {
    return this.#memory ?? this.#seen;
  }

  #change(write: () => void, files: Partial<StateFiles>): void {
    const next = { ...this.#known(), ...files };
    if (this.#memory === undefined) {
      try {
        write();
        this.#seen = next;
        return;
      } catch (error) {
        this.#trouble = unwritable(this.directory, error);
      }
    }
    this.#memory = next;
  }
}

function fileOf(generation: Generation): StateFile {
  return { kind: "generation", generation };
}
