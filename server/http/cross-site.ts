/** Other pages can make a browser send requests with our cookie. What changes something must come from our own page. */

import type { FastifyRequest } from "fastify";

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request that bears the cookie may be believed: a safe method, or the header `X-Bulkhead: 1`, which other origins cannot set without
 * being asked about (CORS), together with the browser's own word (`Sec-Fetch-Site`, `Origin`) that it is ours. What is sent must not contradict.
 */
export function isOwnPage({ method, headers }: Pick<FastifyRequest, "method" | "headers">): boolean {
  if (SAFE.has(method)) return true;
  if (headers["x-bulkhead"] !== "1") return false;
  const { origin, host, "sec-fetch-site": site } = headers;
  if (origin === undefined && site === undefined) return false;
  if (site !== undefined && site !== "same-origin") return false;
  return origin === undefined || (host !== undefined && origin === `https://${host}`);
}
