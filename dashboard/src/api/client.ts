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
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, String(value)] as [string, string]],
  );
  const search = new URLSearchParams(given).toString();
  return ask(`/api/v1/${path}${search === "" ? "" : `?${search}`}`, signal === undefined ? {} : { signal });
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

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const answer = await fetch(path, init);
  if (answer.status === 204) return undefined as T;
  const told: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return told as T;
  throw new ApiError(answer.status, errorOf(told, answer.status));
}

function errorOf(told: unknown, status: number): ErrorBody["error"] {
  if (typeof told === "object" && told !== null && "error" in told) return (told as ErrorBody).error;
  return { code: "server/no-answer", message: `the server answered ${status}`, remedy: "Try again." };
}
