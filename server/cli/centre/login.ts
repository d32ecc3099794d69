import { homedir } from "node:os";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { login } from "../../client/connection.ts";
import { forgetLogin } from "../../client/login-file.ts";

export interface LoginOptions {
  readonly server: string;
  readonly fingerprint: string | undefined;
  readonly json: boolean;
}

const MOST_INPUT = 4_096;

/** The token comes from the environment or standard input, never from the command line, which everybody on this machine can read. */
export async function signIn(
  { server, fingerprint, json }: LoginOptions,
  { out }: Terminal,
): Promise<ExitCode> {
  const token = process.env.BULKHEAD_TOKEN || (await standardInput());
  if (token === "")
    throw new BulkheadError(
      "command/wrong-usage",
      "no API token: put it into BULKHEAD_TOKEN or on standard input",
    );
  const me = await login({ server, token, fingerprint, home: homedir() });
  await out.write(
    json
      ? `${JSON.stringify({ formatVersion: 1, ...me })}\n`
      : `signed in to ${server} as ${me.name}, ${me.role}\n`,
  );
  return 0;
}

export async function signOut(_options: object, { out }: Terminal): Promise<ExitCode> {
  const was = forgetLogin(homedir());
  await out.write(
    was ? "signed out; the token itself is good until it is revoked\n" : "nobody was signed in\n",
  );
  return 0;
}

async function standardInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MOST_INPUT) break;
  }
  return text.trim();
}
