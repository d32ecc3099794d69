import { readFileSync, statSync } from "node:fs";
import { parsePasswd } from "./users.ts";

/** Milliseconds from one look at the file to the next. */
const PAUSE = 1000;

/** Names of accounts by uid, as the passwd file has them; the file is read again when it has changed. */
export class AccountNames {
  readonly #file: string;
  readonly #clock: () => number;
  #names = new Map<number, string>();
  #version = "";
  #nextLook = Number.NEGATIVE_INFINITY;

  /** @param clock monotonic milliseconds. */
  constructor(file = "/etc/passwd", clock: () => number = () => performance.now()) {
    this.#file = file;
    this.#clock = clock;
  }

  /** The first account of the file with this uid; its number as text where there is none. */
  nameOf(uid: number): string {
    this.#look();
    return this.#names.get(uid) ?? String(uid);
  }

  #look(): void {
    const now = this.#clock();
    if (now < this.#nextLook) return;
    this.#nextLook = now + PAUSE;
    const file = statSync(this.#file, { throwIfNoEntry: false });
    const version = file === undefined ? "" : `${file.ino} ${file.mtimeMs} ${file.size}`;
    if (version === this.#version) return;
    this.#version = version;
    this.#names = readNames(this.#file);
  }
}

function readNames(file: string): Map<number, string> {
  const names = new Map<number, string>();
  try {
    for (const [name, uid] of parsePasswd(readFileSync(file, "utf8")))
      if (!names.has(uid)) names.set(uid, name);
  } catch {
    // It was there a moment ago; numbers will do.
  }
  return names;
}
