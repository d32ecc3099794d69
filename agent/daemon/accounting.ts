/** Conntrack counts packets while the daemon runs, and as before when it has stopped; what was before is remembered beyond a kill. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { putAccountingBack, switchAccountingOn } from "../kernel/host/accounting.ts";

const FILE = "accounting";

export class CountingSwitch {
  readonly #file: string;
  /** Why nothing is counted, in words; undefined where it is. */
  readonly trouble: string | undefined;
  readonly #before: "on" | "off" | undefined;

  /** Switches it on. Never throws: without counters, records have no packets and bytes. */
  constructor(stateDirectory: string) {
    this.#file = join(stateDirectory, FILE);
    const switched = switchAccountingOn();
    if ("reason" in switched) {
      this.trouble = switched.reason;
      this.#before = undefined;
      return;
    }
    // After a kill it is on because of us.
    this.#before = remembered(this.#file) ?? switched.before;
    try {
      writeFileSync(this.#file, `${this.#before}\n`, { mode: 0o600 });
    } catch {
      // A disk that cannot be written: then a kill would leave it on, which hurts nobody.
    }
  }

  putBack(): void {
    if (this.#before !== undefined) putAccountingBack(this.#before);
    try {
      rmSync(this.#file, { force: true });
    } catch {
      // It could not be written either.
    }
  }
}

function remembered(file: string): "on" | "off" | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return text === "on" || text === "off" ? text : undefined;
  } catch {
    return undefined;
  }
}
