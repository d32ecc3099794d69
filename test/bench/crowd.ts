/** Many agents without kernels, all in one process on one host; see inside/crowd.ts. */

import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";

const INSIDE = fileURLToPath(new URL("inside/crowd.ts", import.meta.url));

export interface Connected {
  /** Milliseconds from the moment at which all began until each had its policy. */
  readonly times: readonly number[];
  /** What the first of them was told until then. */
  readonly told: readonly string[];
}

export class Crowd {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(host: Host, count: number) {
    this.#child = host.namespace.spawn([PINNED_NODE, INSIDE, String(count)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.#child.stdout === null) throw new Error("the crowd has no output");
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  join(url: string, token: string): Promise<unknown> {
    return this.#ask({ do: "join", url, token });
  }

  /** All at once. Connections that are there stay. */
  async connect(url: string): Promise<Connected> {
    const { began, ready, told } = await this.#ask<{ began: number; ready: number[]; told: string[] }>({
      do: "connect",
      url,
    });
    return { times: ready.map((moment) => moment - began), told };
  }

  async drop(): Promise<void> {
    await this.#ask({ do: "drop" });
  }

  /** The moments at which each heard of a change of members after `change` was begun, and the message. */
  async hear(
    change: () => Promise<void>,
  ): Promise<{ readonly heard: readonly number[]; readonly frame: string }> {
    await this.#ask({ do: "listen" });
    await change();
    return this.#ask({ do: "heard" });
  }

  async #ask<Answer>(command: object): Promise<Answer> {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error("the crowd has ended");
    return JSON.parse(value);
  }
}
