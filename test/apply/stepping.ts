import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";

const STEPPING = fileURLToPath(new URL("inside/stepping-agent.ts", import.meta.url));

/** An operation of the agent that waits before each step that changes anything: `apply POLICY HOST [SECONDS]`, `confirm`, `rollback`. */
export class SteppingAgent implements AsyncDisposable {
  readonly #child;
  readonly #closed: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;

  constructor(host: Host, words: readonly string[]) {
    this.#child = host.namespace.spawn([PINNED_NODE, STEPPING, `${host.scratch}/state`, ...words]);
    this.#closed = once(this.#child, "close");
    if (!this.#child.stdout) throw new Error("the agent has no output");
    const lines: Interface = createInterface({ input: this.#child.stdout });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The step that it waits before; undefined once it is done. */
  async waiting(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the agent ended by itself");
    return value === "done" ? undefined : value;
  }

  /** Lets it do the step. */
  goOn(): void {
    this.#child.stdin?.write("\n");
  }

  /** Lets it come to its nth step (from 0) and kills it there. Gives the step's name; undefined where it had fewer, and has ended. */
  async killBefore(at: number): Promise<string | undefined> {
    let step = await this.waiting();
    for (let done = 0; step !== undefined && done < at; done++) {
      this.goOn();
      step = await this.waiting();
    }
    await this.kill();
    return step;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
