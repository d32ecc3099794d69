/** The one way from here to a provider: HTTPS, by authorities that are named, bounded in time and size, without following anything elsewhere. */

import { request as httpsRequest } from "node:https";
import { rootCertificates } from "node:tls";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { CustomFetch } from "openid-client";

const TIMEOUT_MILLISECONDS = 10_000;
/** Keys, metadata, claims: no honest answer is longer. */
const MOST_BYTES = 1024 * 1024;
/** Of these a Response may not have a body. */
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);

/** @param authorities PEM, beside those that Node knows. Rejects with `server/provider-unreachable`. */
export function providerFetch(authorities: string | null): CustomFetch {
  const ca = [...rootCertificates, ...(authorities === null ? [] : [authorities])];
  return (url, { method, headers, body, signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const text = body == null ? undefined : String(body);
    const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const asked = httpsRequest(url, {
      ...{ method, ca, agent: false, minVersion: "TLSv1.2" },
      headers: { ...headers, ...(text !== undefined && { "content-length": Buffer.byteLength(text) }) },
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const fail = (error: Error) =>
      reject(
        unreachable(
          url,
          timeout.aborted ? `no answer within ${TIMEOUT_MILLISECONDS / 1_000} s` : error.message,
        ),
      );
    asked.on("error", fail);
    asked.on("response", (answer) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes > MOST_BYTES) asked.destroy(new Error(`an answer of more than ${MOST_BYTES} bytes`));
        else parts.push(part);
      });
      answer.on("error", fail);
      answer.on("end", () => {
        const { statusCode: status = 500 } = answer;
        if (status >= 500) return reject(unreachable(url, `it answers with status ${status}`));
        const told = Object.entries(answer.headersDistinct).flatMap(([name, values]) =>
          (values ?? []).map((value): [string, string] => [name, value]),
        );
        resolve(new Response(EMPTY.has(status) ? null : Buffer.concat(parts), { status, headers: told }));
      });
    });
    asked.end(text);
    return promise;
  };
}

/** Without the query: there may be something in it that is nobody's business. */
function unreachable(url: string, why: string): BulkheadError {
  const { origin, pathname } = new URL(url);
  return new BulkheadError("server/provider-unreachable", `${origin}${pathname}: ${why}`);
}
