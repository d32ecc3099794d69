/** A real server on a host of an estate, and hosts that have joined it. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ApiClient, apiClient } from "@bulkhead/server/client/api-client.ts";
import type { Daemon as DaemonType } from "../daemon/daemon.ts";
import { Daemon } from "../daemon/daemon.ts";
import type { Host } from "../estate/host.ts";
import type { ExecResult } from "../estate/namespace.ts";
import { AGENT, BULKHEAD } from "../estate/place.ts";

export const AGENTS_PORT = 8444;
const READY = "Bulkhead is ready";
const LOOK_MILLISECONDS = 20;

export interface HostView {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly connected: boolean;
  readonly version: number | null;
  readonly sync: { readonly state: string; readonly why?: string };
}

export class Centre {
  readonly host: Host;
  readonly directory: string;
  #child: ChildProcess | undefined;
  #said = "";
  readonly #env: NodeJS.ProcessEnv;

  private constructor(host: Host, env: NodeJS.ProcessEnv) {
    this.host = host;
    this.directory = `${host.scratch}/centre`;
    this.#env = env;
  }

  /** Starts a server that can be reached at the host's addresses. */
  static async start(host: Host, env: Readonly<Record<string, string>> = {}): Promise<Centre> {
    const centre = new Centre(host, { ...process.env, ...env });
    await centre.start();
    return centre;
  }

  get address(): string {
    return this.host.addresses[0] ?? "";
  }

  get url(): string {
    return `https://${this.address}:${AGENTS_PORT}`;
  }

  /** What it has written since it was started last. */
  get said(): string {
    return this.#said;
  }

  /** Its process; throws where it was never started. */
  get process(): ChildProcess {
    if (this.#child === undefined) throw new Error("the server was not started");
    return this.#child;
  }

  /** The link by which the first administrator signs in. */
  get signIn(): string {
    return /https:\S+\/signin\/\S+/.exec(this.#said)?.[0] ?? "";
  }

  /** Of its authority. */
  get fingerprint(): string {
    return /sha256:[0-9a-f]{64}/.exec(this.#said)?.[0] ?? "";
  }

  async start(): Promise<void> {
    this.#said = "";
    const child = this.host.namespace.spawn(
      [BULKHEAD, "serve", "--data-dir", this.directory, "--name", this.address],
      { env: this.#env, stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#child = child;
    const ready = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#said += text;
        if (this.#said.includes(READY)) ready.resolve();
      });
    child.once("close", () => ready.reject(new Error(`the server ended:\n${this.#said}`)));
    await ready.promise;
  }

  /** Ends it, by SIGTERM unless another signal is named. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const closed = once(child, "close");
    child.kill(signal);
    await closed;
    return child.exitCode;
  }

  /** A command of the operator's, on the server's machine. */
  ask(...words: readonly string[]): Promise<ExecResult> {
    return this.host.exec([BULKHEAD, ...words, "--data-dir", this.directory]);
  }

  /** Likewise, where it has to succeed; gives its JSON. */
  async facts<T>(...words: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.ask(...words, "--json");
    if (stdout === "") throw new Error(`${words.join(" ")} says nothing (${code}): ${stderr}`);
    return JSON.parse(stdout);
  }

  async token(labels: string, ...more: readonly string[]): Promise<string> {
    const words = ["--labels", labels, "--addresses", "10.0.0.0/8", "--addresses", "fd00::/8", ...more];
    return (await this.facts<{ token: string }>("token", "create", ...words)).token;
  }

  /** Pushes this text as a draft. Gives its number. */
  async push(text: string): Promise<number> {
    const path = await this.host.write("pushed/policy.yaml", text);
    const { number } = await this.facts<{ number: number | null }>("push", path, "-m", "a test");
    if (number === null) throw new Error("the policy is invalid");
    return number;
  }

  /** Pushes this text as the policy and provisions it. Gives the version. */
  async provision(text: string): Promise<number> {
    const number = await this.push(text);
    const { code, stderr } = await this.ask("provision", String(number));
    if (code !== 0) throw new Error(stderr);
    return number;
  }

  /** Asks as whoever may read the data directory, without starting a program for it. */
  get client(): ApiClient {
    return apiClient({ kind: "socket", path: join(this.directory, "server.sock") });
  }

  hosts(): Promise<readonly HostView[]> {
    return this.client.get("/api/v1/hosts");
  }

  /** Resolves when every one of these hosts enforces what it should. */
  async settled(...names: readonly string[]): Promise<void> {
    const began = performance.now();
    for (;;) {
      const hosts = await this.hosts();
      const all = names.map((name) => hosts.find((host) => host.name === name));
      if (all.every((host) => host?.sync.state === "in-sync")) return;
      if (performance.now() - began > 60_000) throw new Error(JSON.stringify(all));
      await pause(LOOK_MILLISECONDS);
    }
  }

  /** Joins a host, and starts its daemon. */
  async join(host: Host, name: string, labels: string): Promise<DaemonType> {
    const token = await this.token(labels);
    await joined(host, this.url, token, name);
    return Daemon.start(host, undefined);
  }
}

export function joined(host: Host, url: string, token: string, name: string): Promise<ExecResult> {
  return host.exec([AGENT, "join", url, "--as", name, "--state-dir", `${host.scratch}/state`], {
    input: token,
  });
}
