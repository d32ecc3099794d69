/** One WebSocket to the server: opened, understood, and given up when nothing is heard of it. The only file that speaks `ws`. */

import type { Socket } from "node:net";
import { decodeFromServer } from "@bulkhead/shared/protocol/decode.ts";
import { HEARTBEAT, WIRE } from "@bulkhead/shared/protocol/limits.ts";
import type { FromAgent, FromServer } from "@bulkhead/shared/protocol/messages.ts";
import type { ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import { WebSocket } from "ws";
import type { Identity } from "./identity.ts";
import { unreached } from "./request.ts";

export interface ConnectionEvents {
  /** Where it leads to; told once, before any message. */
  readonly opened: (end: ServerEnd) => void;
  readonly message: (message: FromServer) => void;
  /** Told once, whether it was open or not. */
  readonly closed: (why: string) => void;
}

const HANDSHAKE_MILLISECONDS = 10_000;

export class Connection {
  readonly #socket: WebSocket;
  readonly #events: ConnectionEvents;
  readonly #watching: NodeJS.Timeout;
  #heard = performance.now();
  #isClosed = false;

  /** @param heartbeat milliseconds: something has to be heard of the server in three times that */
  constructor(
    { url, key, certificate, roots }: Identity,
    events: ConnectionEvents,
    heartbeat: number = HEARTBEAT,
  ) {
    this.#events = events;
    const place = new URL("/v1/agent", url);
    this.#socket = new WebSocket(`wss://${place.host}${place.pathname}`, {
      ca: [...roots],
      key,
      cert: certificate,
      minVersion: "TLSv1.3",
      handshakeTimeout: HANDSHAKE_MILLISECONDS,
      maxPayload: WIRE.messageBytes,
      perMessageDeflate: false,
      followRedirects: false,
    });
    const alive = () => {
      this.#heard = performance.now();
    };
    this.#socket.on("upgrade", ({ socket }) => this.#open(socket));
    this.#socket.on("ping", alive);
    this.#socket.on("message", (data, isBinary) => {
      alive();
      this.#receive(isBinary ? undefined : data.toString());
    });
    this.#socket.on("unexpected-response", (_request, response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (more: string) => {
        text = (text + more).slice(0, 2_000);
      });
      response.on("end", () => this.#close(refusal(text, response.statusCode ?? 0)));
    });
    this.#socket.on("error", (error) => this.#close(unreached(place, error).message));
    this.#socket.on("close", (code, reason) =>
      this.#close(reason.toString() || `the server has closed it (${code})`),
    );
    this.#watching = setInterval(() => {
      if (performance.now() - this.#heard > 3 * heartbeat)
        this.#close(`nothing was heard of the server for ${(3 * heartbeat) / 1000} s`);
    }, heartbeat / 4);
  }

  send(message: FromAgent): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Ends it; `closed` is told, if it was not before. */
  end(why: string): void {
    this.#close(why);
  }

  #open(socket: Socket): void {
    const { remoteAddress = "", remotePort = 0 } = socket;
    this.#events.opened({ address: remoteAddress.replace(/^::ffff:(?=\d+\.)/, ""), port: remotePort });
  }

  #receive(text: string | undefined): void {
    const decoded = text === undefined ? { problem: "it is not text" } : decodeFromServer(text);
    if ("problem" in decoded)
      this.#close(`the server said something that was not understood: ${decoded.problem}`);
    else this.#events.message(decoded.message);
  }

  #close(why: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#watching);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    // Whoever does not answer the close is cut off; and a handshake is ended at once.
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
    else setTimeout(() => this.#socket.terminate(), 500).unref();
    this.#events.closed(why);
  }
}

function refusal(text: string, status: number): string {
  try {
    return JSON.parse(text).error.message;
  } catch {
    return `the server answered with ${status}`;
  }
}
