import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket as TcpSocket } from "node:net";
import { errorName, message } from "./message.ts";
import type { OpenRequest, Traffic } from "./requests.ts";
import { Tally } from "./tally.ts";

/** The calling end of a conversation that goes on until it is closed. */
abstract class Session {
  readonly tally = new Tally();
  sent = 0;
  ended: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  abstract open(request: OpenRequest): Promise<number>;
  protected abstract say(bytes: Buffer): void;
  protected abstract hangUp(): void;

  traffic(): Traffic {
    return { sent: this.sent, received: this.tally.received.value, lost: this.tally.lost, ended: this.ended };
  }

  pause(): null {
    clearInterval(this.#timer);
    return null;
  }

  close(): null {
    this.pause();
    this.hangUp();
    return null;
  }

  protected talk(every: number): void {
    this.#timer = setInterval(() => this.speak(), every);
  }

  protected speak(): void {
    if (this.ended === null) this.say(message(this.sent++));
  }
}

class TcpSession extends Session {
  #socket: TcpSocket | undefined;

  async open(request: OpenRequest): Promise<number> {
    const { destination: host, port, source: localAddress, sourcePort: localPort } = request;
    const socket = connect({ host, port, localAddress, ...(localPort ? { localPort } : {}), noDelay: true });
    this.#socket = socket;
    socket.on("data", (bytes) => this.tally.addPiece(bytes.length));
    await once(socket, "connect", { signal: AbortSignal.timeout(request.timeout) });
    socket.on("error", (error) => {
      this.ended = errorName(error);
    });
    socket.on("close", () => {
      this.ended ??= "closed";
    });
    if (request.talk !== "hear") this.talk(request.every);
    return socket.localPort ?? 0;
  }

  protected say(bytes: Buffer): void {
    this.#socket?.write(bytes);
  }

  protected hangUp(): void {
    this.#socket?.resetAndDestroy();
  }
}

class UdpSession extends Session {
  #socket: UdpSocket | undefined;

  async open(request: OpenRequest): Promise<number> {
    const socket = createSocket({
      type: request.destination.includes(":") ? "udp6" : "udp4",
      recvBufferSize: 4 << 20,
    });
    this.#socket = socket;
    socket.bind(request.sourcePort, request.source);
    await once(socket, "listening");
    // Not connected: a datagram that is refused (EPERM, port unreachable) must not end a conversation that may be allowed again.
    socket.on("error", () => {});
    this.#send = (bytes) => socket.send(bytes, request.port, request.destination, () => {});
    socket.on("message", (bytes) => this.tally.addDatagram(bytes));
    this.speak();
    if (request.talk !== "hear") this.talk(request.every);
    return socket.address().port;
  }

  #send: (bytes: Buffer) => void = () => {};

  protected say(bytes: Buffer): void {
    this.#send(bytes);
  }

  protected hangUp(): void {
    this.#socket?.close();
  }
}

/** The worker's sessions by number. */
export class Sessions {
  readonly #all = new Map<number, Session>();
  #next = 1;

  async open(request: OpenRequest): Promise<{ id: number; localPort: number }> {
    const session = request.protocol === "tcp" ? new TcpSession() : new UdpSession();
    const localPort = await session.open(request);
    const id = this.#next++;
    this.#all.set(id, session);
    return { id, localPort };
  }

  get(id: number): Session {
    const session = this.#all.get(id);
    if (!session) throw new Error(`no session ${id}`);
    return session;
  }

  /** Messages that all of them received so far. */
  received(): number {
    return this.#all.values().reduce((sum, one) => sum + one.tally.received.value, 0);
  }

  close(id: number): null {
    this.get(id).close();
    this.#all.delete(id);
    return null;
  }
}
