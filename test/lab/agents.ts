/** A server, and the real daemon on every managed host, which has joined it by token. */

import type { ChildProcess } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ApiClient, apiClient } from "@bulkhead/server/client/api-client.ts";
import type { SourceFile } from "@bulkhead/shared/policy/files.ts";
import { Centre, type HostView } from "../centre/centre.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";

export type Labels = Readonly<Record<string, string>>;

/** Told how many hosts are where they should be. */
export type Progress = (hosts: number) => void;

const LOOK_AGAIN_MILLISECONDS = 200;
const MOST_WORDS = 8_000;
/** The lab's hosts may have any address that its policy gives them. */
const EVERYWHERE = ["0.0.0.0/0", "::/0"];

interface Pushed {
  readonly number: number | null;
  readonly problems: readonly { readonly message: string }[];
}

export class Agents {
  readonly #hosts: readonly Host[];
  readonly #hub: Host;
  readonly #running = new Map<Host, { readonly process: ChildProcess; readonly said: () => string }>();
  #centre: Centre | undefined;

  constructor(hosts: readonly Host[], hub: Host) {
    this.#hosts = hosts;
    this.#hub = hub;
  }

  /** Started by `serve`. */
  get centre(): Centre {
    if (this.#centre === undefined) throw new Error("the server has not been started");
    return this.#centre;
  }

  /** Asks the server as its own machine may. */
  get client(): ApiClient {
    return apiClient({ kind: "socket", path: join(this.centre.directory, "server.sock") });
  }

  /** Starts the server. */
  async serve(): Promise<void> {
    this.#centre = await Centre.start(this.#hub);
  }

  /** Hosts join with their labels, and their daemons begin. */
  async join(labelsOf: (host: string) => Labels, progress: Progress): Promise<void> {
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
    await this.enforced(await this.activate(files, message), progress);
  }

  /** Makes a policy the active one, whoever has joined by now. Gives the version. */
  async activate(files: readonly SourceFile[], message: string): Promise<number> {
    const folder = `${this.#hub.scratch}/policy`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    for (const { name, text } of files) await this.#hub.write(`policy/${name}`, text);
    const { number, problems } = await this.client.post<Pushed>("/api/v1/policies", {
      files: files.map(({ name, text }) => ({ name, text })),
      message,
    });
    if (number === null) throw new Error(`the policy is not taken: ${problems[0]?.message}`);
    await this.client.post(`/api/v1/policies/${number}/provision`);
    return number;
  }

  /** Resolves when every kernel enforces this version. */
  async enforced(number: number, progress: Progress): Promise<void> {
    for (let done = 0; done < this.#hosts.length; ) {
      this.#assertAlive();
      const hosts = await this.client.get<readonly HostView[]>("/api/v1/hosts");
      done = hosts.filter(({ sync, version }) => sync.state === "in-sync" && version === number).length;
      progress(done);
      if (done < this.#hosts.length) await pause(LOOK_AGAIN_MILLISECONDS);
    }
  }

  async end(): Promise<void> {
    await this.#centre?.end();
  }

  async #join(host: Host, labels: Labels): Promise<void> {
    const { token } = await this.client.post<{ token: string }>("/api/v1/join-tokens", {
      labels,
      ...{ addresses: EVERYWHERE, uses: 1, expiresInSeconds: 3_600 },
    });
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
