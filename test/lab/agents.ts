/** A server, and the real daemon on every managed host, which has joined it by token. */

import type { ChildProcess } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { SourceFile } from "@bulkhead/shared/policy/files.ts";
import { Centre } from "../centre/centre.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";

/** Told how many hosts are where they should be. */
export type Progress = (hosts: number) => void;

const LOOK_AGAIN_MILLISECONDS = 200;
const MOST_WORDS = 8_000;
/** The lab's hosts may have any address that its policy gives them. */
const EVERYWHERE = ["--addresses", "0.0.0.0/0", "--addresses", "::/0"];

export class Agents {
  readonly #hosts: readonly Host[];
  readonly #hub: Host;
  readonly #running = new Map<Host, { readonly process: ChildProcess; readonly said: () => string }>();
  #centre: Centre | undefined;

  constructor(hosts: readonly Host[], hub: Host) {
    this.#hosts = hosts;
    this.#hub = hub;
  }

  /** Started by `join`. */
  get centre(): Centre {
    if (this.#centre === undefined) throw new Error("the server has not been started");
    return this.#centre;
  }

  /** Starts the server; hosts join with their labels (`role=web,env=prod`), and their daemons begin. */
  async join(labelsOf: (host: string) => string, progress: Progress): Promise<void> {
    this.#centre = await Centre.start(this.#hub);
    let done = 0;
    await Promise.all(
      this.#hosts.map(async (host) => {
        await this.#join(host, labelsOf(host.name));
        this.begin(host);
        done += 1;
        progress(done);
      }),
    );
  }

  /** Starts a host's daemon. */
  begin(host: Host): void {
    this.#running.set(host, run(host));
  }

  /** The process of a host's daemon. */
  process(host: Host): ChildProcess {
    const running = this.#running.get(host);
    if (running === undefined) throw new Error(`no agent was started on ${host.name}`);
    return running.process;
  }

  /** Provisions a policy, as an operator would; resolves when every kernel enforces it. */
  async provision(files: readonly SourceFile[], message: string, progress: Progress): Promise<void> {
    const folder = `${this.#hub.scratch}/policy`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    for (const { name, text } of files) await this.#hub.write(`policy/${name}`, text);
    const { number } = await this.centre.facts<{ number: number }>("push", folder, "-m", message);
    const { code, stderr } = await this.centre.ask("provision", String(number));
    if (code !== 0) throw new Error(`bulkhead provision ${number} exits ${code}:\n${stderr}`);
    for (let done = 0; done < this.#hosts.length; ) {
      this.#assertAlive();
      const hosts = await this.centre.hosts();
      done = hosts.filter(({ sync, version }) => sync.state === "in-sync" && version === number).length;
      progress(done);
      if (done < this.#hosts.length) await pause(LOOK_AGAIN_MILLISECONDS);
    }
  }

  async end(): Promise<void> {
    await this.#centre?.end();
  }

  async #join(host: Host, labels: string): Promise<void> {
    const { token } = await this.centre.facts<{ token: string }>(
      "token",
      "create",
      "--labels",
      labels,
      ...EVERYWHERE,
    );
    const { code, stderr } = await host.exec([AGENT, "join", this.centre.url, "--as", host.name], {
      input: token,
    });
    if (code !== 0) throw new Error(`bulkhead-agent join on ${host.name} exits ${code}:\n${stderr}`);
  }

  /** Throws what the first one that ended has said. */
  #assertAlive(): void {
    for (const [host, { process, said }] of this.#running)
      if (process.exitCode !== null) throw new Error(`bulkhead-agent run on ${host.name} ended:\n${said()}`);
  }
}

function run(host: Host): { process: ChildProcess; said: () => string } {
  const process = host.namespace.spawn([AGENT, "run"]);
  let words = "";
  for (const stream of [process.stdout, process.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-MOST_WORDS);
    });
  return { process, said: () => words };
}
