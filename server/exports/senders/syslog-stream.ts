/**
 * Syslog over TLS (RFC 5425) or TCP (RFC 6587), each message with its length before it. Syslog has no word for "received", so each batch is a connection of its own, which we end
 * and the receiver ends after us, when it has read all there was: what was lost in a buffer on the way is told again.
 */

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Origin } from "../formats/origin.ts";
import { syslogMessage } from "../formats/syslog.ts";
import type { Item } from "../item.ts";
import { placeOf, type ReceiverSecrets, type Target } from "../receiver.ts";
import { connectionFailure, DeliveryFailure, type Sender, type Sent } from "./sender.ts";

const MOST = 500;
const TIMEOUT_MILLISECONDS = 30_000;

export interface SyslogParts {
  readonly target: Extract<Target, { kind: "syslog" }>;
  readonly secrets: ReceiverSecrets;
  readonly origin: Origin;
}

export class SyslogStream implements Sender {
  readonly most = MOST;
  readonly #parts: SyslogParts;

  constructor(parts: SyslogParts) {
    this.#parts = parts;
  }

  async send(items: readonly Item[], signal: AbortSignal): Promise<Sent> {
    const { target, origin } = this.#parts;
    const frames = items.map((item) => framed(syslogMessage(item, target.format, origin)));
    const socket = this.#connect();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = () => void socket.destroy(signal.reason as Error);
    const place = placeOf(target);
    let hasEnded = false;
    socket.setTimeout(TIMEOUT_MILLISECONDS, () =>
      socket.destroy(new DeliveryFailure(`${place} did not take all that was sent in time`)),
    );
    socket.on("error", reject);
    socket.on("end", () => {
      hasEnded = socket.writableEnded;
    });
    socket.on("close", () =>
      hasEnded
        ? resolve()
        : reject(new DeliveryFailure(`${place} closed the connection before all was sent`)),
    );
    signal.addEventListener("abort", stop);
    // What it says is of no use; unread it would hold up its end.
    socket.resume();
    socket.once(target.transport === "tls" ? "secureConnect" : "connect", () =>
      socket.end(Buffer.concat(frames)),
    );
    try {
      await promise;
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof DeliveryFailure ? error : connectionFailure(error, place);
    } finally {
      signal.removeEventListener("abort", stop);
      socket.destroy();
    }
    return { refused: 0 };
  }

  /** Who answers by TLS has to be the one of that name, by this machine's authorities or by those that were given. */
  #connect(): Socket {
    const { target, secrets } = this.#parts;
    const { host, port, transport, ca } = target;
    if (transport !== "tls") return connectTcp({ host, port });
    return connectTls({
      host,
      port,
      ...(isIP(host) === 0 && { servername: host }),
      minVersion: "TLSv1.2",
      ...(ca !== undefined && { ca }),
      ...(secrets.certificate !== undefined && { cert: secrets.certificate, key: secrets.key }),
    });
  }
}

/** MSG-LEN SP SYSLOG-MSG, the length in octets. */
function framed(message: string): Buffer {
  const bytes = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}
