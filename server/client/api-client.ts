/** What the command line asks the server with. */

import { answerLines, answerText, parsed } from "./answer-text.ts";
import { type Asked, ask } from "./asking.ts";
import { nameOf, type Target } from "./target.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ApiClient {
  /** The server as errors name it: the socket's path, or `https://HOST:PORT`. */
  readonly name: string;
  /** One JSON document. Throws `server/unreachable`, `server/no-permission`, `server/false-server`, `server/no-answer`, and what the server says. */
  get<T>(path: string, query?: Query): Promise<T>;
  /** Undefined where the server has nothing to say to it. */
  post<T>(path: string, body?: unknown): Promise<T>;
  send<T>(method: "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T>;
  /** The text as it is. */
  text(path: string, query?: Query): Promise<string>;
  /** The objects of an answer in lines, or the data of server-sent events, as they come; ends with the answer, or by the signal. Throws as `get`, also for an answer that breaks off. */
  stream<T>(path: string, options?: StreamOptions): AsyncGenerator<T>;
}

export interface StreamOptions {
  readonly query?: Query;
  /** Sent by POST. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Of events: go on after this one. */
  readonly lastEventId?: string;
}

export function apiClient(target: Target): ApiClient {
  const name = nameOf(target);
  const text = async (asked: Asked) => answerText(name, await ask(target, asked));
  const json = async <T>(asked: Asked): Promise<T> => {
    const said = await text(asked);
    return said === "" ? (undefined as T) : parsed<T>(name, said);
  };
  return {
    name,
    get: (path, query = {}) => json({ method: "GET", path: withQuery(path, query) }),
    post: (path, body) => json({ method: "POST", path, body }),
    send: (method, path, body) => json({ method, path, body }),
    text: (path, query = {}) => text({ method: "GET", path: withQuery(path, query) }),
    stream: (path, options = {}) => stream(target, path, options),
  };
}

async function* stream<T>(target: Target, path: string, options: StreamOptions): AsyncGenerator<T> {
  const { query = {}, body, signal, lastEventId } = options;
  if (signal?.aborted) return;
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  try {
    const asked = {
      method: body === undefined ? "GET" : "POST",
      path: withQuery(path, query),
      headers,
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    } as const;
    const answer = await ask(target, asked);
    const isEvents = answer.headers["content-type"]?.startsWith("text/event-stream") ?? false;
    for await (const line of answerLines(nameOf(target), answer)) {
      const text = isEvents ? dataOf(line) : line;
      if (text !== undefined && text !== "") yield parsed<T>(nameOf(target), text);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** Our server puts the whole of an event's data on one line. */
function dataOf(line: string): string | undefined {
  return line.startsWith("data: ") ? line.slice("data: ".length) : undefined;
}

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}
