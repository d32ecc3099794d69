/** The frame around the routes, once for each door: headers, admission, reading, answering, counting. */

import type { Server } from "node:http";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Opened } from "../accounts/sessions.ts";
import { type AdmissionOptions, addAdmission, assertOwnPage, type Limiter, limiter } from "./admission.ts";
import { BODY_BYTES, STRANGERS_BODY_BYTES } from "./bounds.ts";
import { refuseConnection, sendError, writeFailure } from "./failing.ts";
import type { Metrics } from "./metrics.ts";
import { addPages, type Pages } from "./pages.ts";
import { addProviderSigning, type ProviderDoor } from "./provider-signing.ts";
import { readGiven } from "./reading.ts";
import type { Context, Route } from "./route.ts";
import { sendAnswer } from "./sending.ts";
import { setSession } from "./session-cookie.ts";
import { addSigning } from "./signing.ts";

export interface FrameOptions extends AdmissionOptions {
  readonly routes: readonly Route[];
  readonly metrics: Metrics;
  /** Whose requests the frame answers. */
  readonly server: Server;
  /** The dashboard, at the door to the network. */
  readonly pages?: Pages | undefined;
  /** Where people sign in elsewhere; without it nobody does. */
  readonly provider?: ProviderDoor | undefined;
}

const LONGEST_PARAMETER = 512;
const CONTENT_SECURITY_POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "font-src": ["'self'"],
  "connect-src": ["'self'"],
  "manifest-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
};

/** Ready to be listened to; more routes cannot be added. */
export async function buildFrame(options: FrameOptions): Promise<FastifyInstance> {
  const { routes, journal } = options;
  const app = await emptyFrame(options);
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, journal));
  addAdmission(app, options);
  addCounting(app, options);
  const attempts = limiter(
    app,
    options.rates.attempts,
    "too many attempts to sign in came from this address",
  );
  for (const route of routes) addRoute(app, route, options, attempts);
  if (options.door === "tls") addSigning(app, options);
  if (options.door === "tls") addProviderSigning(app, options);
  if (options.door === "tls") await addPages(app, options.pages);
  await app.ready();
  return app;
}

async function emptyFrame({ journal, server }: FrameOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    logger: false,
    serverFactory: (listener) => server.on("request", listener),
    bodyLimit: BODY_BYTES,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) =>
      void sendError(error, request, reply as FastifyReply, journal),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "string" },
    app.getDefaultJsonParser("error", "error"),
  );
  // First of all hooks: refusals have these headers, too.
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    // The name may be shared with sites that are none of ours.
    strictTransportSecurity: { includeSubDomains: false },
  });
  await app.register(cookie);
  await app.register(rateLimit, { global: false, ipv6Subnet: 64 });
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store");
  });
  return app;
}

/** Counts answers, and writes down who changed something. Routes are told as declared: addresses as sent may hold secrets. */
function addCounting(app: FastifyInstance, { metrics, journal, door }: FrameOptions): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.is404 ? "unknown" : (request.routeOptions.url ?? "unknown");
    const { method } = request;
    const counted = { method: request.is404 ? "any" : method, route, status: reply.statusCode };
    metrics.count({ ...counted, seconds: reply.elapsedTime / 1_000 });
    const principal = request.admitted?.principal;
    if (method === "GET" || principal === undefined) return;
    const { kind, name } = principal;
    journal.info({ ...counted, by: name, kind, door, address: request.ip }, "a request to change something");
  });
}

function addRoute(
  app: FastifyInstance,
  route: Route,
  { accounts, journal, door }: FrameOptions,
  attempts: Limiter,
): void {
  const strangers = route.role === "anyone" ? STRANGERS_BODY_BYTES : BODY_BYTES;
  app.route({
    method: route.method,
    url: route.path,
    bodyLimit: route.bodyLimit ?? strangers,
    config: { needed: route.role, ...(route.minds && { minds: route.minds }) },
    handler: async (request, reply) => {
      const given = readGiven(route, request);
      const context = {
        ...contextOf(request, reply, accounts),
        countAttempt: async () => {
          if (door === "tls") await attempts(request, reply);
        },
        sessionKeeper: () => {
          assertOwnPage(request);
          return (opened: Opened) => setSession(reply, opened);
        },
      };
      const answer = await route.handler(context, given);
      const failed = (error: Error) => {
        if (!context.signal.aborted) writeFailure(error, request, journal);
      };
      return sendAnswer(reply, { shape: route.answer, answer, failed });
    },
  });
}

function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  accounts: FrameOptions["accounts"],
): Omit<Context<Route["role"]>, "countAttempt" | "sessionKeeper"> {
  const { principal, credentials } = request.admitted ?? {};
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return {
    principal,
    address: request.socket.remoteAddress,
    signal: gone.signal,
    isStillAllowed: () =>
      credentials === undefined || accounts.authenticate(credentials)?.role === principal?.role,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}
