/** The floor of the central server; see inside/bare-server.ts. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Centre } from "../centre/centre.ts";
import { PINNED_NODE } from "../estate/place.ts";

const INSIDE = fileURLToPath(new URL("inside/bare-server.ts", import.meta.url));
const PORT = 8555;

export class BareServer {
  readonly process: ChildProcess;
  readonly url: string;

  private constructor(process: ChildProcess, url: string) {
    this.process = process;
    this.url = url;
  }

  /** Beside the server, with a certificate of the same authority. Says the same as it: `greetings` to each, and `frame` to all when told to. */
  static async start(
    { host, directory, address }: Centre,
    { greetings, frame }: { readonly greetings: readonly string[]; readonly frame: string },
  ): Promise<BareServer> {
    const file = await host.write("bare.json", JSON.stringify([...greetings, frame]));
    const child = host.namespace.spawn([PINNED_NODE, INSIDE, directory, address, String(PORT), file], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (child.stdout === null) throw new Error("the bare server has no output");
    await once(child.stdout, "data");
    return new BareServer(child, `https://${address}:${PORT}`);
  }

  broadcast(): void {
    this.process.stdin?.write("\n");
  }
}
