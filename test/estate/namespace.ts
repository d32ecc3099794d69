/** A network namespace with its own name, mounts and cgroup root. Nothing holds it but its processes: when they end, it is gone. */

import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

export interface ExecOptions {
  /** Text for the command's standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the command is killed; 60,000 unless set. */
  readonly timeout?: number;
}

export interface ExecResult {
  /** The exit code; 128 + n where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The same command, started in a cgroup; unchanged where there is none. */
export function inCgroup(cgroup: string | undefined, argv: readonly string[]): string[] {
  if (cgroup === undefined) return [...argv];
  return ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', cgroup, ...argv];
}

/** Where an estate lives in a user namespace, which must be entered as well. */
export const USER_NAMESPACE = ["--user", "--preserve-credentials"] as const;

export class Namespace {
  /** A process that lives in the namespace for as long as it is needed. */
  readonly pid: number;
  readonly #enter: readonly string[];
  readonly #running = new Set<ChildProcess>();

  /** @param also what has to be entered besides network, name, mounts and cgroups, in nsenter's words */
  constructor(pid: number, also: readonly string[] = []) {
    this.pid = pid;
    this.#enter = ["nsenter", `--target=${pid}`, ...also, "--net", "--uts", "--mount", "--cgroup", "--"];
  }

  /** The same command, to be run inside. */
  inside(argv: readonly string[]): string[] {
    return [...this.#enter, ...argv];
  }

  /** The same command, to be run in the user namespace alone. */
  inUserNamespace(argv: readonly string[]): string[] {
    return ["nsenter", `--target=${this.pid}`, ...USER_NAMESPACE, "--", ...argv];
  }

  /** Starts a command inside; it is killed with the namespace at the latest. */
  spawn(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.#start(this.inside(argv), options);
  }

  /** As `spawn`, but in a cgroup, named by its directory outside. */
  spawnInCgroup(
    cgroup: string | undefined,
    argv: readonly string[],
    options: SpawnOptions = {},
  ): ChildProcess {
    return this.#start(inCgroup(cgroup, this.inside(argv)), options);
  }

  /** Runs a command inside to its end, whatever that is. */
  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const child = this.spawn(argv, {
      env: { ...process.env, ...options.env },
      timeout: options.timeout ?? 60_000,
    });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream]?.setEncoding("utf8").on("data", (text) => {
        output[stream] += text;
      });
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
    const [code, signal] = await once(child, "close");
    return { code: code ?? (signal ? 128 + 9 : 1), ...output };
  }

  /** Runs a command that has to succeed; gives its standard output. */
  async run(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.exec(argv, options);
    if (code !== 0) throw new Error(`${argv.join(" ")} failed (${code}): ${stderr || stdout}`);
    return stdout;
  }

  #start(argv: readonly string[], options: SpawnOptions): ChildProcess {
    const [command = "", ...rest] = argv;
    const child = spawn(command, rest, { stdio: "pipe", ...options });
    this.#running.add(child);
    child.on("close", () => this.#running.delete(child));
    return child;
  }

  /** Kills what was started here and has not ended. */
  async killAll(): Promise<void> {
    await Promise.all(
      [...this.#running].map((child) => {
        const gone = once(child, "close");
        child.kill("SIGKILL");
        return gone;
      }),
    );
  }
}
