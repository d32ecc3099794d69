/** The way of a browser to an identity provider and back: two addresses that it is sent to. Whoever looks after providers is given to the frame. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Opened } from "../accounts/sessions.ts";
import { type AdmissionOptions, type Limiter, limiter } from "./admission.ts";
import { assertMeant } from "./looking-ahead.ts";
import { setSession } from "./session-cookie.ts";

/** What sends somebody to a provider, and knows who has come back. */
export interface ProviderDoor {
  /** `https://HOST:PORT/signin/provider/callback`, by which browsers come back. */
  readonly redirectUri: string;
  /** @param to the page of ours that somebody wants. `secret`: of a cookie. */
  begin(to: string): Promise<{ readonly url: string; readonly secret: string; readonly expiresAt: number }>;
  finish(back: {
    readonly secret: string | undefined;
    readonly query: string;
    readonly address: string | undefined;
  }): Promise<{ readonly opened: Opened; readonly to: string }>;
}

export interface ProviderSigningOptions extends Pick<AdmissionOptions, "rates"> {
  /** Where people sign in elsewhere; without it nobody does. */
  readonly provider?: ProviderDoor | undefined;
}

/** Lax: the browser comes back from the provider's page, and has to show it then. It opens nothing by itself. */
const PENDING_COOKIE = "__Host-bulkhead-signin";
const COOKIE = { path: "/", httpOnly: true, secure: true, sameSite: "lax" } as const;
const LONGEST_SECRET = 64;

/** `GET /signin/provider?to=/flows` and `GET /signin/provider/callback`. */
export function addProviderSigning(app: FastifyInstance, { rates, provider }: ProviderSigningOptions): void {
  if (provider === undefined) return;
  const attempts = limiter(app, rates.attempts, "too many attempts to sign in came from this address");
  const config = { needed: "anyone" } as const;
  app.get<{ Querystring: { to?: unknown } }>("/signin/provider", { config }, (request, reply) =>
    told(request, reply, attempts, async () => {
      assertMeant(request);
      const { to = "/" } = request.query;
      if (typeof to !== "string") throw new BulkheadError("server/invalid-request", "`to` is named twice");
      const elsewhere = canonical(request, provider, to);
      if (elsewhere !== undefined) return reply.redirect(elsewhere, 303);
      const { url, secret, expiresAt } = await provider.begin(to);
      reply.setCookie(PENDING_COOKIE, secret, { ...COOKIE, expires: new Date(expiresAt) });
      return reply.redirect(url, 303);
    }),
  );
  app.get("/signin/provider/callback", { config }, (request, reply) =>
    told(request, reply, attempts, async () => {
      assertMeant(request);
      reply.clearCookie(PENDING_COOKIE, COOKIE);
      const secret = request.cookies[PENDING_COOKIE]?.slice(0, LONGEST_SECRET);
      const query = request.raw.url?.split("?")[1] ?? "";
      const { opened, to } = await provider.finish({ secret, query, address: request.ip });
      setSession(reply, opened);
      return reply.redirect(to, 303);
    }),
  );
}

/** The provider sends the browser to one name of ours, and only under that name has it our cookie. */
function canonical(
  { headers }: FastifyRequest,
  { redirectUri }: ProviderDoor,
  to: string,
): string | undefined {
  const { origin, host } = new URL(redirectUri);
  if (headers.host === undefined || headers.host === host) return undefined;
  return `${origin}/signin/provider?to=${encodeURIComponent(to)}`;
}

/** A person in front of a browser gets the page that can say what went wrong; a program gets the error as always. */
async function told(
  request: FastifyRequest,
  reply: FastifyReply,
  attempts: Limiter,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    await attempts(request, reply);
    return await work();
  } catch (error) {
    const isPage = (request.headers.accept ?? "").includes("text/html");
    if (!(error instanceof BulkheadError) || !isPage) throw error;
    return reply.redirect(`/?signin=${encodeURIComponent(error.code)}`, 303);
  }
}
