/** How a question is read, within bounds. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

const MOST_BYTES = 65_536;

/** The JSON of a request; undefined for none. Throws `daemon/bad-request`. */
export async function readBody(request: AsyncIterable<Buffer>): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > MOST_BYTES)
      throw new BulkheadError("daemon/bad-request", `the question is longer than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new BulkheadError("daemon/bad-request", "the question is no JSON");
  }
}

/** Path and query of a request's target. */
export function targetOf(url: string | undefined): URL | undefined {
  return URL.parse(url ?? "", "http://daemon") ?? undefined;
}
