/** A real server process on loopback, for what needs no hosts behind it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type ApiClient, apiClient } from "@bulkhead/server/client/api-client.ts";
import { BULKHEAD } from "../estate/place.ts";

const READY = "Bulkhead is ready";

export class LoneServer {
  readonly directory: string;
  #child: ChildProcess;
  #said = "";

  private constructor(directory: string, child: ChildProcess) {
    this.directory = directory;
    this.#child = child;
  }

  /** @param more words of its command line. */
  static async start(directory: string, more: readonly string[] = []): Promise<LoneServer> {
    const words = ["--listen", "127.0.0.1:0", "--listen-agents", "127.0.0.1:0", "--name", "127.0.0.1"];
    const child = spawn(BULKHEAD, ["serve", "--data-dir", directory, ...words, ...more], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const server = new LoneServer(directory, child);
    const ready = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        server.#said += text;
        if (server.#said.includes(READY)) ready.resolve();
      });
    child.once("close", () => ready.reject(new Error(`the server ended:\n${server.#said}`)));
    await ready.promise;
    return server;
  }

  /** Asks as whoever may read the data directory. */
  get client(): ApiClient {
    return apiClient({ kind: "socket", path: join(this.directory, "server.sock") });
  }

  /** All that it has written. */
  get said(): string {
    return this.#said;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (!this.isRunning) return;
    const closed = once(this.#child, "close");
    this.#child.kill(signal);
    await closed;
  }
}
