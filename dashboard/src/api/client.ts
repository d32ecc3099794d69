/** Asks the server's API; the session's cookie goes along by itself. */

import type { ErrorBody } from "./error-body.ts";

/** What the server refused, in its own words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;

  constructor(status: number, { code, message, remedy }: ErrorBody["error"]) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** Throws ApiError; a TypeError where the server cannot be reached. */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return ask(addressOf(path, query), signal === undefined ? {} : { signal });
}

/** Throws as `get`. */
export async function send<T>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  const headers: Record<string, string> = { "x-bulkhead": "1" };
  if (body !== undefined) headers["content-type"] = "application/json";
  return ask(`/api/v1/${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** The objects of an answer in lines, as they come. Throws as `get`, and what the signal says once it is aborted. */
export async function* sendForLines<T>(
  path: string,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const headers = { "x-bulkhead": "1", "content-type": "application/json" };
  yield* lines<T>(
    await fetch(`/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body), signal }),
  );
}

/** The same, of what is only asked. */
export async function* getForLines<T>(
  path: string,
  query: Query,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  yield* lines<T>(await fetch(addressOf(path, query), { signal }));
}

async function* lines<T>(answer: Response): AsyncGenerator<T, void> {
  if (!answer.ok) throw await refusal(answer);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    const whole = (rest + (value ?? "")).split("\n");
    rest = done ? "" : (whole.pop() ?? "");
    for (const line of whole) if (line !== "") yield JSON.parse(line) as T;
    if (done) return;
  }
}

/** Of a question; what is not said is left out. */
export function addressOf(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, String(value)] as [string, string]],
  );
  const search = new URLSearchParams(given).toString();
  return `/api/v1/${path}${search === "" ? "" : `?${search}`}`;
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const answer = await fetch(path, init);
  if (answer.status === 204) return undefined as T;
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json().catch(() => undefined)) as T;
}

async function refusal(answer: Response): Promise<ApiError> {
  const told: unknown = await answer.json().catch(() => undefined);
  return new ApiError(answer.status, errorOf(told, answer.status));
}

function errorOf(told: unknown, status: number): ErrorBody["error"] {
  if (typeof told === "object" && told !== null && "error" in told) return (told as ErrorBody).error;
  return { code: "server/no-answer", message: `the server answered ${status}`, remedy: "Try again." };
}
