/** One request to the server, to the beginning of its answer. What can go wrong between here and there has a code and a remedy. */

import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { answerText } from "./answer-text.ts";
import { refused, unreached } from "./failures.ts";
import { nameOf, type Target } from "./target.ts";

export interface Asked {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** So long may the server take to begin an answer; it may be busy with a large policy. */
const PATIENCE_MILLISECONDS = 60_000;

/** Throws `server/unreachable`, `server/no-permission`, `server/false-server`, and what the server says. */
export async function ask(target: Target, asked: Asked): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  const request = open(target, asked, body);
  const patience = setTimeout(
    () => request.destroy(new Error(`said nothing for ${PATIENCE_MILLISECONDS / 1_000} s`)),
    PATIENCE_MILLISECONDS,
  );
  request.once("response", resolve);
  request.on("error", (error) => reject(unreached(nameOf(target), error)));
  request.end(body);
  try {
    const answer = await promise;
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) throw refused(target, await answerText(nameOf(target), answer));
    return answer;
  } finally {
    clearTimeout(patience);
  }
}

function open(target: Target, { method, path, headers = {}, signal }: Asked, body: string | undefined) {
  const options: RequestOptions = {
    method,
    path,
    agent: false,
    ...(signal && { signal }),
    headers: {
      ...headers,
      ...(body !== undefined && {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        // Who refuses the body early can then read it to its end, and the answer is not lost over writing to what was closed.
        connection: "keep-alive",
      }),
      ...(target.kind === "tls" && target.token !== undefined && { authorization: `Bearer ${target.token}` }),
    },
  };
  if (target.kind === "socket")
    return httpRequest({
      ...options,
      socketPath: target.path,
      headers: { ...options.headers, host: "bulkhead" },
    });
  return httpsRequest(target.origin, { ...options, ca: target.authority, minVersion: "TLSv1.3" });
}
