/** A way for this machine's browser to the server, which is in a network of its own: a port on loopback leads there. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";

const RELAY = fileURLToPath(new URL("inside/relay.ts", import.meta.url));
const API_PORT = 8443;

export class Window implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #endRelay: () => Promise<void>;

  /** Opens the server's own port here, or any other where that one is taken. */
  static async open(hub: Host): Promise<Window> {
    const path = `${hub.scratch}/window.sock`;
    const relay = hub.namespace.spawn([PINNED_NODE, RELAY, path, String(API_PORT)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (relay.stdout !== null) await once(relay.stdout, "data");
    const endRelay = async () => {
      if (relay.exitCode !== null || relay.signalCode !== null) return;
      const ended = once(relay, "exit");
      relay.kill();
      await ended;
    };
    const window = new Window(path, endRelay);
    await window.#listen();
    return window;
  }

  private constructor(path: string, endRelay: () => Promise<void>) {
    this.#endRelay = endRelay;
    this.#server = createServer((asker) => {
      const inside = connect(path);
      for (const [one, other] of [
        [asker, inside],
        [inside, asker],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      asker.pipe(inside).pipe(asker);
    });
  }

  /** The address of what the server calls `https://ITS-OWN-NAME:PORT/…`, as this machine reaches it. */
  from(inside: string): string {
    const url = new URL(inside);
    url.hostname = "127.0.0.1";
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await this.#endRelay();
  }

  async #listen(): Promise<void> {
    const listen = async (port: number) => {
      this.#server.listen(port, "127.0.0.1");
      await once(this.#server, "listening");
    };
    await listen(API_PORT).catch(() => listen(0));
  }
}
