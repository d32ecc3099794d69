/** Asks the daemon. What can go wrong between here and there has a code and a remedy. */

import { type IncomingMessage, request } from "node:http";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { catalogue, type ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import type { ToldError } from "./daemon-status.ts";

export type QueryOptions = Readonly<Record<string, string | number | undefined>>;

export interface ControlClient {
  /** One JSON document. Throws `daemon/not-running`, `daemon/no-permission`, `daemon/no-answer`, and what the daemon says. */
  get<T>(path: string, query?: QueryOptions): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  /** The text as it is. */
  text(path: string): Promise<string>;
  /** JSON objects, as they come; ends with the answer, or by the signal. Throws as `get`, also for an answer that breaks off. */
  lines<T>(path: string, query?: QueryOptions, signal?: AbortSignal): AsyncGenerator<T>;
}

/** So long may the daemon take to begin an answer; it may be busy with a large change. */
const PATIENCE_MILLISECONDS = 20_000;
const LONGEST_LINE = 4 * 1024 * 1024;

export function controlClient(socketPath: string): ControlClient {
  const json = async <T>(question: Asked): Promise<T> =>
    parsed<T>(socketPath, await textOf(socketPath, await ask(socketPath, question)));
  return {
    get: (path, query = {}) => json({ method: "GET", path: withQuery(path, query) }),
    post: (path, body) => json({ method: "POST", path, body }),
    text: async (path) => textOf(socketPath, await ask(socketPath, { method: "GET", path })),
    lines: async function* <T>(path: string, query: QueryOptions = {}, signal?: AbortSignal) {
      if (signal?.aborted) return;
      const question = { method: "GET", path: withQuery(path, query), ...(signal && { signal }) } as const;
      try {
        const answer = await ask(socketPath, question);
        for await (const line of linesOf(socketPath, answer)) yield parsed<T>(socketPath, line);
      } catch (error) {
        if (!signal?.aborted) throw error;
      }
    },
  };
}

interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

function withQuery(path: string, query: QueryOptions): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The answer as it begins; what the daemon refuses is thrown. */
async function ask(socketPath: string, { method, path, body, signal }: Asked): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = request({
    socketPath,
    method,
    path,
    agent: false,
    ...(signal && { signal }),
    headers: { host: "daemon", ...(body && { "content-type": "application/json" }) },
  });
  const patience = setTimeout(() => asked.destroy(new Silent()), PATIENCE_MILLISECONDS);
  asked.once("response", resolve);
  asked.on("error", (error) => reject(unreached(socketPath, error)));
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  try {
    const answer = await promise;
    if (answer.statusCode !== 200) throw refused(socketPath, await textOf(socketPath, answer));
    return answer;
  } finally {
    clearTimeout(patience);
  }
}

async function textOf(socketPath: string, answer: IncomingMessage): Promise<string> {
  answer.setEncoding("utf8");
  let text = "";
  try {
    for await (const part of answer as AsyncIterable<string>) text += part;
  } catch (error) {
    throw brokenOff(socketPath, error);
  }
  return text;
}

async function* linesOf(socketPath: string, answer: IncomingMessage): AsyncGenerator<string> {
  answer.setEncoding("utf8");
  let rest = "";
  try {
    for await (const part of answer as AsyncIterable<string>) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > LONGEST_LINE) throw new Error("a line is too long");
      yield* lines.filter((line) => line !== "");
    }
  } catch (error) {
    throw brokenOff(socketPath, error);
  }
  if (rest !== "") yield rest;
}

function parsed<T>(socketPath: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw brokenOff(socketPath, error);
  }
}

class Silent extends Error {}

function unreached(socketPath: string, error: NodeJS.ErrnoException): BulkheadError {
  const options = { cause: error };
  if (error.code === "ENOENT" || error.code === "ECONNREFUSED" || error.code === "ENOTSOCK")
    return new BulkheadError("daemon/not-running", `nobody listens on ${socketPath}`, options);
  if (error.code === "EACCES" || error.code === "EPERM")
    return new BulkheadError("daemon/no-permission", `${socketPath} may not be opened`, options);
  const words =
    error instanceof Silent ? `said nothing for ${PATIENCE_MILLISECONDS / 1000} s` : error.message;
  return new BulkheadError("daemon/no-answer", `the daemon at ${socketPath} ${words}`, options);
}

function brokenOff(socketPath: string, error: unknown): BulkheadError {
  if (error instanceof BulkheadError) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new BulkheadError("daemon/no-answer", `the answer from ${socketPath} broke off: ${words}`, {
    cause: error,
  });
}

/** The daemon's own words, if it is one that we know the codes of. */
function refused(socketPath: string, text: string): BulkheadError {
  const { code, message, remedy } = parsed<Partial<ToldError>>(socketPath, text);
  if (code !== undefined && code in catalogue && message !== undefined)
    return new BulkheadError(code as ErrorCode, message, remedy === undefined ? {} : { remedy });
  return new BulkheadError("daemon/no-answer", `the daemon at ${socketPath} said: ${message ?? "nothing"}`);
}
