/** One HTTPS question to the server: to join, to renew, to see whether it can be reached. */

import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { catalogue, type ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";

export interface Credentials {
  /** PEM; the server's certificate must lead to one of them. */
  readonly roots: readonly string[];
  readonly key?: string;
  readonly certificate?: string;
}

const PATIENCE_MILLISECONDS = 10_000;
const ANSWER_BYTES = 262_144;

/** The answer's JSON. Throws `link/unreachable`, `link/not-trusted`, and what the server says. */
export async function ask(
  method: "GET" | "POST",
  url: URL,
  { roots, key, certificate }: Credentials,
  body?: object,
): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sending = request(url, {
      method,
      ca: [...roots],
      ...(key !== undefined && { key }),
      ...(certificate !== undefined && { cert: certificate }),
      minVersion: "TLSv1.3",
      // A connection of its own each time: it is to show that one can be made.
      agent: false,
      timeout: PATIENCE_MILLISECONDS,
      headers:
        text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) },
    });
    const deadline = setTimeout(() => sending.destroy(new Error("no answer in time")), PATIENCE_MILLISECONDS);
    sending.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(deadline);
      reject(unreached(url, error));
    });
    sending.once("response", (response) => {
      collect(response)
        .then((answer) => resolve(parsed(url, response.statusCode ?? 0, answer)))
        .catch((error) => reject(error instanceof BulkheadError ? error : unreached(url, error)))
        .finally(() => clearTimeout(deadline));
    });
    sending.end(text);
  });
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ANSWER_BYTES) throw new Error(`the answer has more than ${ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(url: URL, status: number, text: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new BulkheadError(
      "link/no-server",
      `${url.origin} answered with something else than JSON (${status})`,
    );
  }
  if (status === 200) return answer;
  const { code, message } = (answer as { error?: { code?: string; message?: string } }).error ?? {};
  const words = typeof message === "string" ? message : `it answered with ${status}`;
  if (code !== undefined && code in catalogue) throw new BulkheadError(code as ErrorCode, words);
  throw new BulkheadError("link/no-server", `${url.origin}: ${words}`);
}

const DISTRUST = /^(CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_)/;

/** Why the server could not be reached, in the words that help most. */
export function unreached(url: URL, error: NodeJS.ErrnoException): BulkheadError {
  const cause = { cause: error };
  if (error.code === "CERT_HAS_EXPIRED" || error.code === "CERT_NOT_YET_VALID")
    return new BulkheadError(
      "link/not-trusted",
      `the certificate of ${url.origin} does not hold at this host's time, ${new Date().toISOString()}: one of the two clocks may be wrong (${error.message})`,
      cause,
    );
  if (DISTRUST.test(error.code ?? ""))
    return new BulkheadError("link/not-trusted", `${url.origin} is not trusted: ${error.message}`, cause);
  return new BulkheadError("link/unreachable", `${url.origin} cannot be reached: ${error.message}`, cause);
}
