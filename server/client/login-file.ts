/** What `bulkhead login` remembers: the server, its authority and an API token, for this account alone. */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

export interface Login {
  /** `https://HOST:PORT`. */
  readonly server: string;
  readonly token: string;
  /** The root certificate, PEM. */
  readonly authority: string;
}

export function loginPath(home: string): string {
  return join(home, ".config", "bulkhead", "login.json");
}

/** Undefined where nothing is remembered. Throws `server/login-unusable`. */
export function readLogin(home: string): Login | undefined {
  const path = loginPath(home);
  try {
    const kept = JSON.parse(readFileSync(path, "utf8")) as Partial<Login> | null;
    const { server, token, authority } = kept ?? {};
    if (typeof server === "string" && typeof token === "string" && typeof authority === "string")
      return { server, token, authority };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unusable(path, error);
  }
  throw unusable(path, new Error("something is missing in it"));
}

/** Written whole and renamed into place; nobody else can read it at any moment. Throws `server/login-unusable`. */
export function writeLogin(home: string, login: Login): void {
  const path = loginPath(home);
  const draft = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(draft, { force: true });
    writeFileSync(draft, `${JSON.stringify({ formatVersion: 1, ...login }, undefined, 2)}\n`, {
      mode: 0o600,
      flag: "wx",
    });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw unusable(path, error);
  }
}

/** Whether something was remembered. Throws `server/login-unusable`. */
export function forgetLogin(home: string): boolean {
  const path = loginPath(home);
  try {
    rmSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): BulkheadError {
  // A JSON error would show a piece of the text, and so perhaps of the token.
  const words = error instanceof SyntaxError ? "this is no JSON" : (error as Error).message;
  return new BulkheadError("server/login-unusable", `${path}: ${words}`);
}
