/** The real daemon on every managed host, each with a folder of policy that it watches. */

import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { SourceFile } from "@bulkhead/shared/policy/files.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";

/** Told how many hosts are where they should be. */
export type Progress = (hosts: number) => void;

const FOLDER = "policy";
const LOOK_AGAIN_MILLISECONDS = 50;
const MOST_WORDS = 8_000;

export class Agents {
  readonly #hosts: readonly Host[];
  readonly #running = new Map<Host, { readonly process: ChildProcess; readonly said: () => string }>();

  constructor(hosts: readonly Host[]) {
    this.#hosts = hosts;
  }

  /** The folder that the host's daemon watches. */
  folderOn(host: Host): string {
    return `${host.scratch}/${FOLDER}`;
  }

  /** Starts them with this policy; resolves when every kernel enforces it. Throws what the first one that ended has said. */
  async start(files: readonly SourceFile[], progress: Progress): Promise<void> {
    await Promise.all(this.#hosts.map((host) => save(host, files)));
    for (const host of this.#hosts) this.#running.set(host, run(host, this.folderOn(host)));
    await this.#enforced(progress);
  }

  /** Saves a changed policy on every host, as an editor would; resolves when every kernel enforces it. */
  async save(files: readonly SourceFile[], progress: Progress): Promise<void> {
    await Promise.all(this.#hosts.map((host) => save(host, files)));
    await this.#enforced(progress);
  }

  async #enforced(progress: Progress): Promise<void> {
    let done = 0;
    await Promise.all(
      this.#hosts.map(async (host) => {
        while (!(await this.#isEnforced(host))) await pause(LOOK_AGAIN_MILLISECONDS);
        done += 1;
        progress(done);
      }),
    );
  }

  /** Asks a program that knows nothing of the daemon: it compares the files with the kernel. */
  async #isEnforced(host: Host): Promise<boolean> {
    const running = this.#running.get(host);
    if (running === undefined || running.process.exitCode !== null)
      throw new Error(`bulkhead-agent run on ${host.name} ended:\n${running?.said() ?? ""}`);
    const { code, stderr } = await host.exec([AGENT, "plan", "--exit-code", this.folderOn(host)]);
    if (code > 1) throw new Error(`bulkhead-agent plan on ${host.name} exits ${code}:\n${stderr}`);
    return code === 0;
  }
}

async function save(host: Host, files: readonly SourceFile[]): Promise<void> {
  for (const { name, text } of files) await host.write(`${FOLDER}/${name}`, text);
}

function run(host: Host, folder: string): { process: ChildProcess; said: () => string } {
  const process = host.namespace.spawn([AGENT, "run", "--policy", folder]);
  let words = "";
  for (const stream of [process.stdout, process.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-MOST_WORDS);
    });
  return { process, said: () => words };
}
