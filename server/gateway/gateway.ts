/** The server's door for agents: joining, renewing, and their WebSockets, on one port with TLS 1.3. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { decode } from "@bulkhead/shared/protocol/decode.ts";
import { HEARTBEAT, WIRE } from "@bulkhead/shared/protocol/limits.ts";
import { joinRequest, renewRequest } from "@bulkhead/shared/protocol/messages.ts";
import { WebSocketServer } from "ws";
import { onBehalfOf } from "../audit/acting.ts";
import { tlsServerOptions } from "../authority/tls-options.ts";
import { Failures } from "./failures.ts";
import { type Peer, type PeerParts, peerOf } from "./peer.ts";
import { CLOSE, Session, type SessionParts } from "./session.ts";
import { WaitingRoom } from "./waiting-room.ts";

export interface GatewayOptions extends SessionParts, PeerParts {
  readonly host: string;
  readonly port: number;
  readonly certificate: { readonly key: string; readonly certificate: string };
  /** Told who came with a certificate that does not count, and cannot be renewed: a host's name, or an address. */
  readonly refused?: (who: string, why: string) => void;
  /** Told of an address from which somebody was not let join. */
  readonly joinRefused?: (address: string, why: string) => void;
}

/** Bytes of what is sent to join. */
const BODY_BYTES = 65_536;
/** Milliseconds. */
const LIMITS = { handshake: 10_000, headers: 10_000, request: 15_000, idle: 5_000 } as const;
/** Between two sessions that are ended, and for all of them. */
const RECALL = { pause: 20, most: 60_000 } as const;
const MOST_CONNECTIONS = 20_000;
/** Who finds no place among those that wait to be accepted tries again after a second only; the kernel has its own bound (net.core.somaxconn). */
const BACKLOG = 4_096;
/** A thousand agents that return at once fit in twice, whatever lies between them and us. */
const MOST_WAITING = 2_048;

export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: WIRE.messageBytes,
    perMessageDeflate: false,
  });
  readonly #sessions = new Map<string, Session>();
  readonly #recalls = new Set<NodeJS.Timeout>();
  readonly #failures: Failures;
  readonly #waiting = new WaitingRoom(MOST_WAITING);
  readonly #ticking: NodeJS.Timeout;

  /** Listens. Throws `server/listen-failed`. */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options);
    await new Promise<void>((resolve, reject) => {
      gateway.#server.once("error", (error) =>
        reject(
          new BulkheadError(
            "server/listen-failed",
            `port ${options.port} of ${options.host}: ${error.message}`,
          ),
        ),
      );
      gateway.#server.listen({ port: options.port, host: options.host, backlog: BACKLOG }, resolve);
    });
    return gateway;
  }

  private constructor(options: GatewayOptions) {
    this.#options = options;
    this.#failures = new Failures(options.now);
    this.#server = createServer(
      {
        ...tlsServerOptions({ ...options.certificate, roots: options.authority.roots, clients: "optional" }),
        handshakeTimeout: LIMITS.handshake,
        headersTimeout: LIMITS.headers,
        requestTimeout: LIMITS.request,
        keepAliveTimeout: LIMITS.idle,
        maxHeaderSize: 8_192,
      },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.on("connection", (socket: Socket) => this.#waiting.enter(socket));
    this.#server.on("upgrade", (request, socket, head) => void this.#upgrade(request, socket, head));
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
    this.#ticking = setInterval(() => this.#tick(), (options.heartbeat ?? HEARTBEAT) / 4);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connected(): number {
    return this.#sessions.size;
  }

  /** Connections of which it is not known yet whose they are, and how many of such had to go for others. */
  get waiting(): Pick<WaitingRoom, "size" | "pushedOut"> {
    return this.#waiting;
  }

  /** Ends a host's session at once. */
  disconnect(host: string): void {
    this.#sessions.get(host)?.close(CLOSE.revoked, "the host was revoked");
  }

  /** From now on new connections get these. */
  renew(certificate: { readonly key: string; readonly certificate: string }): void {
    const { authority } = this.#options;
    this.#server.setSecureContext(
      tlsServerOptions({ ...certificate, roots: authority.roots, clients: "optional" }),
    );
  }

  /** Ends all sessions, one after the other within a while: agents come back at once, to what holds now. */
  recall(why: string): void {
    const sessions = [...this.#sessions.values()];
    const pause = Math.min(RECALL.pause, RECALL.most / sessions.length);
    for (const [at, session] of sessions.entries()) {
      const timer = setTimeout(() => {
        this.#recalls.delete(timer);
        session.close(CLOSE.recalled, why);
      }, at * pause);
      this.#recalls.add(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticking);
    for (const timer of this.#recalls) clearTimeout(timer);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions.values()) session.close(CLOSE.leaving, "the server stops");
    this.#server.closeIdleConnections();
    const patience = setTimeout(() => {
      for (const client of this.#sockets.clients) client.terminate();
      this.#server.closeAllConnections();
    }, 500);
    await closed;
    clearTimeout(patience);
  }

  #tick(): void {
    for (const session of this.#sessions.values()) session.tick();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    const peer = await peerOf(request.socket as TLSSocket, this.#options);
    if (request.url !== "/v1/agent" || peer.kind !== "host") {
      const why = peer.kind === "refused" || peer.kind === "expired" ? peer.why : "no certificate of a host";
      this.#tellRefused(peer, request.socket.remoteAddress ?? "somebody");
      refuseUpgrade(socket, request.url === "/v1/agent" ? 403 : 404, why);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { name } = peer.host;
      const { remoteAddress = "", remotePort = 0 } = request.socket;
      this.#waiting.leave(remoteAddress, remotePort);
      this.#sessions.get(name)?.close(CLOSE.replaced, "the host has connected anew");
      const named = { ...peer, address: remoteAddress };
      const session: Session = new Session(webSocket, named, this.#options, (why) =>
        this.#gone(session, why),
      );
      this.#sessions.set(name, session);
    });
  }

  #tellRefused(peer: Peer, address: string): void {
    const { enrolment, refused } = this.#options;
    if (peer.kind === "refused") refused?.(address, peer.why);
    else if (peer.kind === "expired" && !enrolment.isWithinGrace(peer.notAfter))
      refused?.(peer.host.name, peer.why);
  }

  #gone(session: Session, why: string): void {
    const { host } = session;
    if (this.#sessions.get(host) !== session) return;
    this.#sessions.delete(host);
    const { estate } = this.#options;
    estate.distribution.detach(host);
    estate.disconnected(host, why);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = request.socket.remoteAddress ?? "";
    try {
      if (this.#failures.isBarred(from))
        return send(
          response,
          429,
          told(
            "server/too-many-requests",
            "too many attempts from this address failed: try again in a minute",
          ),
        );
      const { status, body } = await this.#route(request);
      send(response, status, body);
    } catch (error) {
      if (error instanceof BulkheadError) {
        this.#failures.count(from);
        if (request.url === "/v1/join") this.#options.joinRefused?.(from, error.message);
        return send(response, 403, told(error.code, error.message));
      }
      this.#options.log("a request of an agent failed", { error: String(error) });
      send(response, 500, told("command/defect", "the server failed; see its log"));
    }
  }

  async #route(request: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
    const { enrolment, authority } = this.#options;
    switch (`${request.method} ${request.url}`) {
      case "GET /v1/nonce":
        return { status: 200, body: { nonce: enrolment.nonces.make(), roots: authority.roots } };
      case "GET /v1/reach": {
        const peer = await peerOf(request.socket as TLSSocket, this.#options);
        return peer.kind === "host" ? { status: 200, body: { host: peer.host.name } } : refusedPeer(peer);
      }
      case "POST /v1/join": {
        const decoded = decode(await bodyOf(request), joinRequest);
        if ("problem" in decoded)
          return { status: 400, body: told("server/invalid-request", decoded.problem) };
        const actor = {
          who: undefined,
          credential: "join-token",
          address: request.socket.remoteAddress ?? "",
        };
        return { status: 200, body: await onBehalfOf(actor, () => enrolment.join(decoded.message)) };
      }
      case "POST /v1/renew":
        return this.#renew(request);
      default:
        return {
          status: 404,
          body: told("server/unknown-path", `there is no ${request.method} ${request.url}`),
        };
    }
  }

  /** For those whose certificate has ended: everybody else renews over the WebSocket. */
  async #renew(request: IncomingMessage) {
    const { enrolment } = this.#options;
    const peer = await peerOf(request.socket as TLSSocket, this.#options);
    if (peer.kind !== "host" && peer.kind !== "expired") return refusedPeer(peer);
    if (!enrolment.isWithinGrace(peer.notAfter))
      return {
        status: 403,
        body: told("server/host-refused", "the certificate ended too long ago: join again"),
      };
    const decoded = decode(await bodyOf(request), renewRequest);
    if ("problem" in decoded) return { status: 400, body: told("server/invalid-request", decoded.problem) };
    return { status: 200, body: await enrolment.renew(peer.host, decoded.message) };
  }
}

function refusedPeer(peer: { readonly kind: string; readonly why?: string }) {
  return { status: 403, body: told("server/host-refused", peer.why ?? "no certificate of a host") };
}

function told(code: string, message: string): object {
  return { error: { code, message } };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}

function refuseUpgrade(socket: Duplex, status: 403 | 404, why: string): void {
  const body = JSON.stringify(told("server/host-refused", why));
  const reason = status === 403 ? "Forbidden" : "Not Found";
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES)
      throw new BulkheadError("server/too-large", `the request has more than ${BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
