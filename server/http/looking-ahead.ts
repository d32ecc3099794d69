import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { FastifyRequest } from "fastify";

/** That somebody means to open this, and no browser looks ahead: signing in uses something up. Throws `server/invalid-request`. */
export function assertMeant({ headers }: Pick<FastifyRequest, "headers">): void {
  if (String(headers["sec-purpose"] ?? "").includes("prefetch"))
    throw new BulkheadError("server/invalid-request", "a sign-in is for opening, not for looking ahead");
}
