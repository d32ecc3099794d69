/** Signing in by a link, and out again: what sets and takes the cookie. */

import type { FastifyInstance } from "fastify";
import { type AdmissionOptions, limiter } from "./admission.ts";
import { assertMeant } from "./looking-ahead.ts";
import { clearSession, setSession } from "./session-cookie.ts";

/** `GET /signin/SECRET` and `POST /api/v1/signout`, at the door to the network only. */
export function addSigning(app: FastifyInstance, { accounts, rates }: AdmissionOptions): void {
  const failures = limiter(app, rates.failures, "too many attempts to sign in came from this address");
  app.get<{ Params: { secret: string } }>(
    "/signin/:secret",
    { config: { needed: "anyone" } },
    async (request, reply) => {
      assertMeant(request);
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
    if (credentials?.kind === "session") accounts.signOut(credentials.secret, request.ip);
    clearSession(reply);
    return reply.code(204).send();
  });
}
