/** The cookie by which a browser shows its session. */

import type { FastifyReply } from "fastify";
import type { Opened } from "../accounts/sessions.ts";
import { SESSION_COOKIE } from "./credentials.ts";

const COOKIE = { path: "/", httpOnly: true, secure: true, sameSite: "strict" } as const;

/** Has the browser show the session from now on, for as long as it lasts. */
export function setSession(reply: FastifyReply, { secret, expiresAt }: Opened): void {
  reply.setCookie(SESSION_COOKIE, secret, { ...COOKIE, expires: new Date(expiresAt) });
}

export function clearSession(reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, COOKIE);
}
