/** The real daemon on a host, and what it says. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";

/** A line of its log. */
export interface LogLine {
  readonly code: string;
  readonly msg: string;
  readonly [more: string]: unknown;
}

export interface DaemonOptions {
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where its state is, if not in the host's own place. */
  readonly state?: string;
  /** Another one than this checkout's. */
  readonly program?: string;
}

export class Daemon {
  readonly host: Host;
  readonly child: ChildProcess;
  readonly log: LogLine[] = [];
  readonly #state: string;
  readonly #hearers = new Set<() => void>();
  #errors = "";

  private constructor(host: Host, child: ChildProcess, state: string) {
    this.host = host;
    this.child = child;
    this.#state = state;
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.log.push(line.startsWith("{") ? JSON.parse(line) : { code: "text", msg: line });
        for (const hear of [...this.#hearers]) hear();
      });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    child.once("close", () => {
      for (const hear of [...this.#hearers]) hear();
    });
  }

  /** Starts it with this policy, or with that of the server which the host has joined; `await until(…)` says what for. */
  static start(
    host: Host,
    policy: string | undefined,
    { words = [], env = {}, state, program = AGENT }: DaemonOptions = {},
  ): Daemon {
    const directory = state ?? `${host.scratch}/state`;
    const source = policy === undefined ? [] : ["--policy", policy];
    const command = [program, "run", ...source, "--state-dir", directory, ...words];
    const child = host.namespace.spawn(command, { env: { ...process.env, ...env } });
    return new Daemon(host, child, directory);
  }

  /** Starts it, and resolves when it enforces its policy. */
  static async enforcing(host: Host, policy: string, options: DaemonOptions = {}): Promise<Daemon> {
    const daemon = Daemon.start(host, policy, options);
    await daemon.until("policy-in-force");
    return daemon;
  }

  /** Everything that went wrong before the log began. */
  get errors(): string {
    return this.#errors;
  }

  lines(code: string): readonly LogLine[] {
    return this.log.filter((line) => line.code === code);
  }

  /** The line with this code that comes after `seen` others of it. Rejects where the daemon ends without it. */
  async until(code: string, seen = 0): Promise<LogLine> {
    for (;;) {
      const line = this.lines(code)[seen];
      if (line !== undefined) return line;
      if (this.hasEnded) throw new Error(`the daemon ended without '${code}':\n${this.#story()}`);
      await this.#news();
    }
  }

  /** A command of the same agent. */
  ask(...words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.host.exec([AGENT, ...words, "--state-dir", this.#state]);
  }

  /** What the daemon says of itself. */
  async status(): Promise<{ readonly code: number; readonly facts: Record<string, never> }> {
    const { code, stdout, stderr } = await this.ask("status", "--json");
    if (stdout === "") throw new Error(`status says nothing (${code}): ${stderr}`);
    return { code, facts: JSON.parse(stdout) };
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Sends a signal and resolves with the exit code when it has ended; null where the signal ended it. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (!this.hasEnded) {
      const closed = once(this.child, "close");
      this.child.kill(signal);
      await closed;
    }
    return this.child.exitCode;
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      const hear = () => {
        this.#hearers.delete(hear);
        resolve();
      };
      this.#hearers.add(hear);
    });
  }

  #story(): string {
    return `${this.log.map((line) => JSON.stringify(line)).join("\n")}\n${this.#errors}`;
  }
}
