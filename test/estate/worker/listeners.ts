import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket as TcpSocket } from "node:net";
import { Count } from "./count.ts";
import { errorName, message, peerName } from "./message.ts";
import type { ListenRequest, Traffic } from "./requests.ts";
import { Tally } from "./tally.ts";

interface Caller {
  readonly tally: Tally;
  sent: number;
  ended: string | null;
}

/** One service on some addresses, with what it heard from each caller. */
export abstract class Listener {
  /** From all callers together. */
  readonly received = new Count();
  readonly #callers = new Map<string, Caller>();
  protected readonly timers = new Set<NodeJS.Timeout>();

  abstract bind(request: ListenRequest): Promise<void>;
  abstract close(): void;

  heard(): Record<string, Traffic> {
    const all: Record<string, Traffic> = {};
    for (const [name, { tally, sent, ended }] of this.#callers)
      all[name] = { sent, received: tally.received.value, lost: tally.lost, ended };
    return all;
  }

  /** The count of one caller, or of all. */
  count(caller: string | undefined): Count {
    return caller === undefined ? this.received : this.caller(caller).tally.received;
  }

  protected knows(name: string): boolean {
    return this.#callers.has(name);
  }

  protected caller(name: string): Caller {
    const known = this.#callers.get(name);
    if (known) return known;
    const caller: Caller = { tally: new Tally(), sent: 0, ended: null };
    this.#callers.set(name, caller);
    return caller;
  }

  /** Speaks without being asked until the listener or the caller is gone. */
  protected push(caller: Caller, every: number, send: (bytes: Buffer) => void): void {
    const timer = setInterval(() => {
      if (caller.ended === null) send(message(caller.sent++));
    }, every);
    this.timers.add(timer);
  }
}

class TcpListener extends Listener {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<TcpSocket>();

  async bind(request: ListenRequest): Promise<void> {
    for (const host of request.addresses) {
      const server = createServer({ noDelay: true }, (socket) => this.#serve(socket, request));
      this.#servers.push(server);
      server.listen({ host, port: request.port, backlog: 4096, ipv6Only: host !== "::" });
      await once(server, "listening");
    }
  }

  #serve(socket: TcpSocket, { answer, every, burst }: ListenRequest): void {
    const caller = this.caller(peerName(socket.remoteAddress, socket.remotePort));
    this.#sockets.add(socket);
    socket.on("error", (error) => {
      caller.ended = errorName(error);
    });
    socket.on("close", () => {
      caller.ended ??= "closed";
      this.#sockets.delete(socket);
    });
    socket.on("data", (bytes) => {
      this.received.add(caller.tally.addPiece(bytes.length));
      if (answer === "echo") {
        caller.sent += 1;
        socket.write(bytes);
      }
    });
    const word = (bytes: Buffer) => socket.write(Buffer.concat(Array.from({ length: burst }, () => bytes)));
    if (answer === "push") this.push(caller, every, word);
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.resetAndDestroy();
    for (const server of this.#servers) server.close();
  }
}

class UdpListener extends Listener {
  readonly #sockets: UdpSocket[] = [];

  async bind(request: ListenRequest): Promise<void> {
    for (const address of request.addresses) {
      const isSix = address.includes(":");
      const socket = createSocket({
        type: isSix ? "udp6" : "udp4",
        ipv6Only: isSix && address !== "::",
        recvBufferSize: 4 << 20,
      });
      this.#sockets.push(socket);
      socket.on("message", (bytes, from) => this.#serve(socket, bytes, from, request));
      socket.bind(request.port, address);
      await once(socket, "listening");
      // From here on an error is news of a caller, such as its port unreachable, and no reason to stop.
      socket.on("error", () => {});
    }
  }

  #serve(socket: UdpSocket, bytes: Buffer, from: RemoteInfo, request: ListenRequest): void {
    const name = peerName(from.address, from.port);
    const isNew = !this.knows(name);
    const caller = this.caller(name);
    caller.tally.addDatagram(bytes);
    this.received.add(1);
    const send = (answer: Buffer) => socket.send(answer, from.port, from.address, () => {});
    if (request.answer === "echo") {
      caller.sent += 1;
      send(bytes);
    }
    if (request.answer === "push" && isNew) this.push(caller, request.every, send);
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.close();
  }
}

/** The worker's listeners by number. */
export class Listeners {
  readonly #all = new Map<number, Listener>();
  #next = 1;

  async open(request: ListenRequest): Promise<{ id: number }> {
    const listener = request.protocol === "tcp" ? new TcpListener() : new UdpListener();
    await listener.bind(request);
    const id = this.#next++;
    this.#all.set(id, listener);
    return { id };
  }

  get(id: number): Listener {
    const listener = this.#all.get(id);
    if (!listener) throw new Error(`no listener ${id}`);
    return listener;
  }

  /** Messages that all of them received so far. */
  received(): number {
    return this.#all.values().reduce((sum, one) => sum + one.received.value, 0);
  }

  close(id: number): null {
    this.get(id).close();
    this.#all.delete(id);
    return null;
  }
}
