/** Whole runs of `npm start` for tests, and what is left of them. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cgroupRoot } from "../estate/cgroups.ts";
import { CHECKOUT, ESTATE_PREFIX, PINNED_NODE, SCRATCH } from "../estate/place.ts";

export const MAIN = join(CHECKOUT, "test/lab/main.ts");
/** Whole runs, on a machine that runs other tests as well. */
export const TIMEOUT = 240_000;

/** A run of the lab, and everything that it starts: all of it carries a mark in its environment. */
export class Run implements AsyncDisposable {
  readonly mark = randomUUID();
  readonly child: ChildProcess;
  output = "";
  readonly #lines = new Set<(line: string) => void>();

  constructor(args: readonly string[], prefix: readonly string[] = []) {
    const [command = "", ...rest] = [...prefix, PINNED_NODE, MAIN, ...args];
    // A group of its own: Ctrl-C in a terminal reaches the whole group.
    this.child = spawn(command, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, NO_COLOR: "1", BULKHEAD_LAB_MARK: this.mark },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream)
        createInterface({ input: stream }).on("line", (line) => {
          this.output += `${line}\n`;
          for (const hear of this.#lines) hear(line);
        });
  }

  /** Resolves at the first line that holds the text; rejects where the run ends without it. */
  line(text: string): Promise<void> {
    if (this.output.includes(text)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#lines.add((line) => line.includes(text) && resolve());
      this.child.once("close", () => reject(new Error(`the lab ended without '${text}':\n${this.output}`)));
    });
  }

  interrupt(): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, "SIGINT");
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "close");
    return this.child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended();
  }

  /** What is left of it: processes, directories, cgroups. */
  leftovers(): string[] {
    const ours = `${ESTATE_PREFIX}${this.child.pid}-`;
    const root = cgroupRoot();
    const places = [SCRATCH, ...(root !== undefined && existsSync(root) ? [root] : [])];
    const directories = places.flatMap((place) => readdirSync(place).filter((name) => name.startsWith(ours)));
    return [...directories, ...markedProcesses(this.mark)];
  }
}

function markedProcesses(mark: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
}
