/** HTTP within bounds: routes are looked up, questions read, answers sent, and nobody can hold the daemon up. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { asBulkheadError, sendAnswer, sendError, statusOf } from "./answering.ts";
import { readBody, targetOf } from "./question.ts";
import type { Route } from "./route.ts";

const MOST_CONNECTIONS = 64;
/** A few more are let in, to be told that there are too many. */
const MOST_TOLD = 16;

export type HttpServer = Server;

export function httpServer(routes: readonly Route[]): HttpServer {
  const server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      void answer(server, routes, request, response);
    },
  );
  server.maxConnections = MOST_CONNECTIONS + MOST_TOLD;
  server.maxRequestsPerSocket = 1_000;
  return server;
}

async function answer(
  server: Server,
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    await assertRoom(server);
    const target = targetOf(request.url);
    const route = routes.find(({ method, path }) => method === request.method && path === target?.pathname);
    if (route === undefined || target === undefined) {
      const asked = `${request.method} ${target?.pathname ?? "?"}`;
      return sendError(response, 404, new BulkheadError("daemon/bad-request", `nothing answers to ${asked}`));
    }
    const body = await readBody(request);
    const question = { query: target.searchParams, body, signal: gone.signal };
    await sendAnswer(response, await route.handler(question));
  } catch (error) {
    // In the middle of an answer the only honest word is to break it off.
    if (response.headersSent || response.destroyed) response.destroy();
    else sendError(response, statusOf(asBulkheadError(error)), asBulkheadError(error));
  }
}

async function assertRoom(server: Server): Promise<void> {
  const connections = await new Promise<number>((resolve) =>
    server.getConnections((_error, count) => resolve(count)),
  );
  if (connections > MOST_CONNECTIONS)
    throw new BulkheadError(
      "daemon/overloaded",
      `${MOST_CONNECTIONS} others are connected to the daemon already`,
    );
}

/** Ends all of it: no new connections, and those that are open are cut. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
