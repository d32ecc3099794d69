/** Who is let in, before anything of a request's body is read: not too often, by somebody, with enough of a role. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Accounts } from "../accounts/accounts.ts";
import type { Credentials, Principal } from "../accounts/principal.ts";
import { isEnough, type Role } from "../accounts/role.ts";
import { credentialsOf } from "./credentials.ts";
import { isOwnPage } from "./cross-site.ts";
import type { Journal } from "./journal.ts";
import type { Minded, Needed } from "./route.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    needed?: Needed;
    minds?: Minded;
  }
  interface FastifyRequest {
    admitted: Admitted | undefined;
  }
}

/** Who asks, and by what; undefined for both where anyone may ask. */
export interface Admitted {
  readonly principal: Principal | undefined;
  readonly credentials: Credentials | undefined;
}

/** `tls`: from the network. `socket`: the unix socket, whose permissions have decided already. */
export type Door = "tls" | "socket";

/** How often one address (IPv6: one /64) may ask in a minute. */
export interface RateLimits {
  readonly requests: number;
  /** With credentials that prove nothing. */
  readonly failures: number;
  /** To sign in by what can be guessed, right or wrong. */
  readonly attempts: number;
}

/** A request that was not let through although it is known who asked, or with credentials that prove nothing. */
export interface RefusedRequest {
  readonly who: string | undefined;
  readonly credential: Credentials["kind"];
  readonly address: string | undefined;
  /** As it was declared. */
  readonly route: string;
  readonly why: string;
}

export interface AdmissionOptions {
  readonly door: Door;
  readonly accounts: Accounts;
  readonly rates: RateLimits;
  readonly journal: Journal;
  /** For the audit log. */
  readonly refused?: ((refused: RefusedRequest) => void) | undefined;
}

const WINDOW_MILLISECONDS = 60_000;

export type Limiter = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The hook of all routes, unknown paths too. Expects @fastify/rate-limit and @fastify/cookie to be registered. */
export function addAdmission(app: FastifyInstance, options: AdmissionOptions): void {
  const { door, rates } = options;
  app.decorateRequest("admitted", undefined);
  const requests = limiter(app, rates.requests, "too many requests came from this address");
  const failures = limiter(app, rates.failures, "too many attempts to sign in came from this address");
  app.addHook("onRequest", async (request, reply) => {
    if (door === "tls") await requests(request, reply);
    if (request.is404)
      throw new BulkheadError("server/unknown-path", `nothing answers to ${request.method} at this path`);
    const needed = request.routeOptions.config.needed ?? "administrator";
    if (needed === "anyone") {
      request.admitted = { principal: undefined, credentials: undefined };
      return;
    }
    request.admitted = await admitted(request, needed, options, () => failures(request, reply));
  });
}

async function admitted(
  request: FastifyRequest,
  needed: Role,
  { door, accounts, journal, refused }: AdmissionOptions,
  countFailure: () => Promise<void>,
): Promise<Admitted> {
  const credentials: Credentials | undefined = door === "socket" ? { kind: "local" } : credentialsOf(request);
  if (credentials === undefined)
    throw new BulkheadError("server/not-signed-in", "this needs an API token or a session");
  const principal = accounts.authenticate(credentials);
  if (principal === undefined) {
    // Secrets are 256 random bits: the limit keeps journal and store from floods, and never keeps out who has a right one.
    await countFailure();
    journal.warn({ address: request.ip, by: credentials.kind }, "credentials that prove nothing were shown");
    const words = credentials.kind === "token" ? "the API token is" : "the session is";
    const error = new BulkheadError("server/not-signed-in", `${words} unknown, expired or revoked`);
    refused?.(refusedRequest(request, { who: undefined, credential: credentials.kind, error }));
    throw error;
  }
  try {
    if (credentials.kind === "session" && credentials.shownBy === "cookie") assertOwnPage(request);
    assertRole(principal, needed);
    if (request.routeOptions.config.minds !== "scope") assertUnlimited(principal, needed);
  } catch (error) {
    const { url: route } = request.routeOptions;
    refused?.(refusedRequest(request, { who: principal.name, credential: principal.kind, error }));
    journal.warn(
      { address: request.ip, by: principal.name, method: request.method, route },
      "a request was refused",
    );
    throw error;
  }
  return { principal, credentials };
}

function refusedRequest(
  { method, routeOptions, ip, socket }: FastifyRequest,
  { error, ...who }: Pick<RefusedRequest, "who" | "credential"> & { readonly error: unknown },
): RefusedRequest {
  const route = `${method} ${routeOptions.url ?? ""}`;
  const why = error instanceof Error ? error.message : String(error);
  return { ...who, route, why, address: socket.remoteAddress === undefined ? undefined : ip };
}

/** Throws `server/cross-site`. */
export function assertOwnPage(request: FastifyRequest): void {
  if (!isOwnPage(request))
    throw new BulkheadError(
      "server/cross-site",
      "what changes something must come from the server's own page",
    );
}

function assertRole({ name, role }: Principal, needed: Role): void {
  if (!isEnough(role, needed))
    throw new BulkheadError("server/role-too-low", `'${name}' is ${role}, and this needs ${needed}`);
}

/** What an editor does elsewhere than in a draft concerns everybody: who is in which segment, what has been seen to. */
function assertUnlimited({ name, scope }: Principal, needed: Role): void {
  if (scope !== undefined && isEnough(needed, "editor"))
    throw new BulkheadError(
      "server/out-of-scope",
      `'${name}' is limited to ${scope.join(", ")}, and this concerns more than some segments`,
    );
}

/** Counts a request of this address, and throws `server/too-many-requests` when there were too many. */
export function limiter(app: FastifyInstance, max: number, words: string): Limiter {
  const count = app.createRateLimit({ max, timeWindow: WINDOW_MILLISECONDS });
  return async (request, reply) => {
    const result = await count(request);
    if (result.isAllowed || !result.isExceeded) return;
    reply.header("retry-after", result.ttlInSeconds);
    throw new BulkheadError("server/too-many-requests", words);
  };
}
