/**
 * The files that bulkhead-boot loads, beside the state that they are made of (state-store.ts):
 *
 *     current.nft     the policy in force
 *     previous.nft    the policy before it, where the current one is damaged
 *     floor.nft       the configured floor, where both are, or there has never been a policy
 *
 * A policy on probation is in none of them: a boot is no confirmation.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeBoot } from "./boot-text.ts";
import { besideOf, removeDurably, writeDurably } from "./durable-file.ts";
import type { Generation } from "./generation.ts";

const FILES = { current: "current.nft", previous: "previous.nft", floor: "floor.nft" } as const;

/** What writes throws what the file system says. */
export class BootStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** All that may be here. */
  files(): readonly string[] {
    return Object.values(FILES)
      .map((name) => join(this.#directory, name))
      .flatMap((file) => [file, besideOf(file)]);
  }

  /** What a boot loads from now on; where it is another policy than before, that one becomes the previous. There is a whole current file at every instant. */
  promote(generation: Generation, change: "another" | "same"): void {
    const text = encodeBoot(generation);
    const before = textOf(this.#path("current"));
    if (before === text) return;
    if (change === "another" && before !== undefined) writeDurably(this.#path("previous"), before);
    writeDurably(this.#path("current"), text);
  }

  /** Makes a file agree with the policy that it should hold. True where it did not: it was missing or damaged, or another version wrote it. */
  repair(name: "current" | "previous", generation: Generation): boolean {
    const text = encodeBoot(generation);
    if (textOf(this.#path(name)) === text) return false;
    writeDurably(this.#path(name), text);
    return true;
  }

  /** Undefined where no floor is configured. */
  keepFloor(floor: Omit<Generation, "loadedAt"> | undefined): void {
    const path = this.#path("floor");
    if (floor !== undefined) writeDurably(path, encodeBoot(floor));
    else if (existsSync(path)) removeDurably(path);
  }

  #path(name: keyof typeof FILES): string {
    return join(this.#directory, FILES[name]);
  }
}

/** Undefined where it cannot be read. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
