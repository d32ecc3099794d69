/** What a request shows to prove who sends it. */

import type { FastifyRequest } from "fastify";
import type { Credentials } from "../accounts/principal.ts";

/** `__Host-`: a browser takes it only over HTTPS, for this host alone and for all of its paths (RFC 6265bis, 4.1.3.2). */
export const SESSION_COOKIE = "__Host-bulkhead";

/** The longest that is looked at. */
const LONGEST = 256;

const SESSION_TOKEN = /^bulkhead-session-1\.([\w-]{43})$/;

/** A session as a program bears it, in the place of an API token. */
export function sessionToken(secret: string): string {
  return `bulkhead-session-1.${secret}`;
}

function sessionSecret(token: string): string | undefined {
  return SESSION_TOKEN.exec(token)?.[1];
}

/** A token in the header goes before the cookie: a program that shows one means it. Undefined where nothing is shown. */
export function credentialsOf({ headers, cookies }: FastifyRequest): Credentials | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const [, token = ""] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    const session = sessionSecret(token);
    if (session !== undefined) return { kind: "session", secret: session, shownBy: "header" };
    return { kind: "token", token: token.slice(0, LONGEST) };
  }
  const secret = cookies[SESSION_COOKIE];
  return secret === undefined
    ? undefined
    : { kind: "session", secret: secret.slice(0, LONGEST), shownBy: "cookie" };
}
