/** Syslog over UDP (RFC 5426), a datagram for each message. Whether they arrive nobody knows. */

import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import type { Origin } from "../formats/origin.ts";
import { syslogMessage } from "../formats/syslog.ts";
import type { Item } from "../item.ts";
import { placeOf, type Target } from "../receiver.ts";
import { connectionFailure, type Sender, type Sent } from "./sender.ts";

/** So few at a time, as nothing says when they are too many. */
const MOST = 50;
/** What a datagram may hold; a longer message is cut, which RFC 5426 (3.2) allows. */
const MOST_BYTES = 65_000;

export class SyslogDatagrams implements Sender {
  readonly most = MOST;
  readonly #target: Extract<Target, { kind: "syslog" }>;
  readonly #origin: Origin;

  constructor(target: Extract<Target, { kind: "syslog" }>, origin: Origin) {
    this.#target = target;
    this.#origin = origin;
  }

  async send(items: readonly Item[], signal: AbortSignal): Promise<Sent> {
    const { host, port, format } = this.#target;
    let socket: Socket | undefined;
    try {
      const { address, family } = await lookup(host);
      signal.throwIfAborted();
      socket = createSocket(family === 6 ? "udp6" : "udp4");
      for (const item of items) {
        const message = Buffer.from(syslogMessage(item, format, this.#origin)).subarray(0, MOST_BYTES);
        await sent(socket, message, { address, port });
      }
      return { refused: 0 };
    } catch (error) {
      signal.throwIfAborted();
      throw connectionFailure(error, placeOf(this.#target));
    } finally {
      socket?.close();
    }
  }
}

function sent(socket: Socket, message: Buffer, to: { address: string; port: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.send(message, to.port, to.address, (error) => (error === null ? resolve() : reject(error)));
  return promise;
}
