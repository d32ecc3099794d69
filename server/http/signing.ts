/** Signing in by a link, and out again: what sets and takes the cookie. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Opened } from "../accounts/sessions.ts";
import { type AdmissionOptions, limiter } from "./admission.ts";
import { SESSION_COOKIE } from "./credentials.ts";

const COOKIE = { path: "/", httpOnly: true, secure: true, sameSite: "strict" } as const;

/** `GET /signin/SECRET` and `POST /api/v1/signout`, at the door to the network only. */
export function addSigning(app: FastifyInstance, { accounts, rates }: AdmissionOptions): void {
  const failures = limiter(app, rates.failures, "too many attempts to sign in came from this address");
  app.get<{ Params: { secret: string } }>(
    "/signin/:secret",
    { config: { needed: "anyone" } },
    async (request, reply) => {
      // A browser that looks ahead must not use the link up.
      if (String(request.headers["sec-purpose"] ?? "").includes("prefetch"))
        throw new BulkheadError(
          "server/invalid-request",
          "a sign-in link is for opening, not for looking ahead",
        );
      try {
        setSession(reply, accounts.signIn(request.params.secret, request.ip));
      } catch (error) {
        await failures(request, reply);
        throw error;
      }
      return reply.redirect("/", 303);
    },
  );
  app.post("/api/v1/signout", { config: { needed: "viewer" } }, async (request, reply) => {
    const credentials = request.admitted?.credentials;
    if (credentials?.kind === "session") accounts.signOut(credentials.secret);
    return reply.clearCookie(SESSION_COOKIE, COOKIE).code(204).send();
  });
}

/** Has the browser show the session from now on, for as long as it lasts. */
export function setSession(reply: FastifyReply, { secret, expiresAt }: Opened): void {
  reply.setCookie(SESSION_COOKIE, secret, { ...COOKIE, expires: new Date(expiresAt) });
}
