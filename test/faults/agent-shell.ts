import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";
import { policyText, type ShortPolicy } from "./governed.ts";

const SHELL = fileURLToPath(new URL("inside/agent-shell.ts", import.meta.url));

/** How a command ended. */
export interface Attempt {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A running process on a host that executes the agent's commands, without a start of Node for each. Ends with the estate. */
export class AgentShell {
  readonly #host: Host;
  readonly #lines: Interface;
  readonly #child: ChildProcess;

  private constructor(host: Host, lines: Interface, child: ChildProcess) {
    this.#host = host;
    this.#lines = lines;
    this.#child = child;
  }

  /** @param folder where the commands are given, for relative paths */
  static async open(host: Host, folder: string = host.scratch): Promise<AgentShell> {
    const child = host.namespace.spawn(["sh", "-c", 'cd "$0" && exec "$@"', folder, PINNED_NODE, SHELL]);
    if (!child.stdout) throw new Error("the shell has no output");
    let complaints = "";
    child.stderr?.on("data", (text) => {
      complaints += text;
    });
    const lines = createInterface({ input: child.stdout });
    const ended = once(child, "close").then(() =>
      Promise.reject(new Error(`the agent's shell ended: ${complaints}`)),
    );
    await Promise.race([once(lines, "line"), ended]);
    ended.catch(() => {});
    return new AgentShell(host, lines, child);
  }

  /** Runs a command that has to succeed; gives its standard output. One at a time. */
  async run(command: string, ...words: readonly string[]): Promise<string> {
    const { code, out, err } = await this.attempt(command, ...words);
    if (code !== 0)
      throw new Error(`bulkhead-agent ${command} on ${this.#host.name} failed (${code}): ${err || out}`);
    return out;
  }

  /** Runs a command to its end, whatever that is. One at a time. */
  async attempt(command: string, ...words: readonly string[]): Promise<Attempt> {
    const answer = once(this.#lines, "line");
    const line = JSON.stringify([command, ...words, "--state-dir", `${this.#host.scratch}/state`]);
    this.#child.stdin?.write(`${line}\n`);
    return JSON.parse((await answer)[0]);
  }

  apply(policy: ShortPolicy, ...words: readonly string[]): Promise<string> {
    return this.#about("apply", policy, words);
  }

  plan(policy: ShortPolicy, ...words: readonly string[]): Promise<string> {
    return this.#about("plan", policy, words);
  }

  async #about(command: string, policy: ShortPolicy, words: readonly string[]): Promise<string> {
    const path = await this.#host.write("policy.json", policyText(policy));
    return this.run(command, path, "--as", this.#host.name, ...words);
  }

  /** Kills the process: from then on no agent is alive. */
  async end(): Promise<void> {
    const gone = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await gone;
  }
}
