/** When a host's kernel was right again: the moments of the commits to our table, as the kernel tells of them. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";
import { machineNow } from "./machine-clock.ts";

const INSIDE = fileURLToPath(new URL("inside/watch-commits.ts", import.meta.url));
const PATIENCE_MILLISECONDS = 20_000;
const QUIET_MILLISECONDS = 100;

export class CommitWatch implements AsyncDisposable {
  readonly #host: Host;
  readonly #child: ChildProcess;
  readonly #commits: number[] = [];
  readonly #hearers = new Set<() => void>();

  private constructor(host: Host, child: ChildProcess) {
    this.#host = host;
    this.#child = child;
  }

  static async start(host: Host): Promise<CommitWatch> {
    const child = host.namespace.spawn(["nice", "-n", "-20", PINNED_NODE, INSIDE], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.stdout === null) throw new Error("the watch has no output");
    const lines = createInterface({ input: child.stdout });
    const watch = new CommitWatch(host, child);
    await once(lines, "line");
    lines.on("line", (line) => watch.#heard(line));
    return watch;
  }

  /** How many commits there were, once no more come for a while. */
  async settled(): Promise<number> {
    for (let seen = -1; seen !== this.#commits.length; await pause(QUIET_MILLISECONDS))
      seen = this.#commits.length;
    return this.#commits.length;
  }

  /** The moment of the n-th commit (from 0), which may still be to come. */
  async moment(n: number): Promise<number> {
    const until = machineNow() + PATIENCE_MILLISECONDS;
    while (this.#commits[n] === undefined) {
      if (machineNow() > until) throw new Error(`commit ${n} does not come`);
      await this.#news();
    }
    return this.#commits[n];
  }

  /**
   * The moment of the commit, the n-th at the earliest, that made the table such as it is wanted. Looks after every commit; where two come before a look, it is the later one's.
   */
  async right(n: number, isRight: (table: string) => boolean): Promise<number> {
    for (let next = n; ; next += 1) {
      await this.moment(next);
      next = this.#commits.length - 1;
      const { stdout } = await this.#host.exec(["nft", "-s", "list", "table", "inet", "bulkhead"]);
      if (isRight(stdout)) return this.moment(next);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await gone;
  }

  #heard(line: string): void {
    const { at }: { at: number } = JSON.parse(line);
    this.#commits.push(at);
    for (const hear of [...this.#hearers]) hear();
  }

  /** Something new, or a second without. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      const hear = () => {
        clearTimeout(timer);
        this.#hearers.delete(hear);
        resolve();
      };
      const timer = setTimeout(hear, 1000);
      this.#hearers.add(hear);
    });
  }
}
