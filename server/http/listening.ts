/** The servers that listen, within bounds: HTTPS on the network, HTTP on a unix socket. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps, type Server as HttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext } from "node:tls";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type Bounds, HEADER_BYTES, REQUESTS_PER_CONNECTION } from "./bounds.ts";

/** Both PEM; the certificate's chain may follow it, without the root. */
export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

/** Speaks TLS 1.3 and nothing older. Throws `server/certificate-unusable`. */
export function httpsServer(pair: KeyPair, bounds: Bounds): HttpsServer {
  const options = {
    ...secureContext(pair),
    ...times(bounds),
    handshakeTimeout: bounds.headerMilliseconds,
  };
  return bounded(createHttps(options), bounds);
}

/** For connections from now on. Throws `server/certificate-unusable`, and then the old one stays. */
export function replaceCertificate(server: HttpsServer, pair: KeyPair): void {
  server.setSecureContext(secureContext(pair));
}

export function socketServer(bounds: Bounds): Server {
  // Whoever may open it shares one address.
  return bounded(createHttp(times(bounds)), { ...bounds, connectionsPerAddress: bounds.connections });
}

function secureContext({ key, certificate }: KeyPair) {
  const options = { key, cert: certificate, minVersion: "TLSv1.3" as const };
  try {
    // An empty text would count as not given.
    createPrivateKey(key);
    new X509Certificate(certificate);
    createSecureContext(options);
  } catch (error) {
    throw new BulkheadError("server/certificate-unusable", (error as Error).message, { cause: error });
  }
  return options;
}

function times({ headerMilliseconds, requestMilliseconds, idleMilliseconds }: Bounds) {
  return {
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: headerMilliseconds,
    requestTimeout: requestMilliseconds,
    keepAliveTimeout: idleMilliseconds,
    connectionsCheckingInterval: Math.min(1_000, headerMilliseconds),
  };
}

function bounded<S extends Server | HttpsServer>(server: S, bounds: Bounds): S {
  server.maxConnections = bounds.connections;
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION;
  server.setTimeout(bounds.stallMilliseconds);
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const others = open.get(address) ?? 0;
    if (others >= bounds.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.set(address, others + 1);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
  return server;
}

/** Listens on the network; port 0 takes any. Gives the port. Throws `server/listen-failed`. */
export async function listenOn(server: HttpsServer, at: { host: string; port: number }): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve);
  server.once("error", (error) => reject(listenFailed(`${at.host} port ${at.port}`, error)));
  server.listen(at);
  await promise;
  // A connection that cannot be accepted (no descriptors left) is one less; the others go on.
  server.on("error", () => {});
  return (server.address() as AddressInfo).port;
}

export function listenFailed(place: string, error: Error): BulkheadError {
  return new BulkheadError("server/listen-failed", `${place}: ${error.message}`, { cause: error });
}

/** How long requests that are being answered when the server closes have for their end. */
const FAREWELL_MILLISECONDS = 5_000;

/**
 * Closes the server: what asks nothing at the moment is cut, those that are still at their handshake too; what is being answered has some seconds for its end, and
 * its connection ends with it. Call it before the server listens.
 */
export function closerOf(
  server: Server | HttpsServer,
  farewellMilliseconds = FAREWELL_MILLISECONDS,
): () => Promise<void> {
  const sockets = new Set<Socket>();
  const busy = new Set<unknown>();
  let isClosing = false;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const peer = peerOf(socket);
    busy.add(peer);
    response.once("close", () => {
      busy.delete(peer);
      if (isClosing) socket.end();
    });
  });
  return async () => {
    isClosing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) if (!busy.has(peerOf(socket))) socket.destroy();
    const patience = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, farewellMilliseconds);
    await closed;
    clearTimeout(patience);
  };
}

/** The same for a connection and for the TLS in it; unix sockets have no name, and are themselves. */
function peerOf(socket: Socket): unknown {
  return socket.remotePort === undefined ? socket : `${socket.remoteAddress} ${socket.remotePort}`;
}
