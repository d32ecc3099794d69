import { homedir } from "node:os";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { SecretInput } from "@bulkhead/terminal/secret-input.ts";
import { login, loginWithAccount, logout } from "../../client/connection.ts";
import { momentText } from "./words.ts";

export interface LoginOptions {
  readonly server: string;
  readonly account: string | undefined;
  readonly fingerprint: string | undefined;
  readonly json: boolean;
}

const MOST_INPUT = 4_096;

/** Secrets come from a terminal, the environment or standard input, never from the command line, which everybody on this machine can read. */
export async function signIn(options: LoginOptions, terminal: Terminal): Promise<ExitCode> {
  const { server, fingerprint, account, json } = options;
  if (account !== undefined) return signInWith({ ...options, account }, terminal);
  const token = process.env.BULKHEAD_TOKEN || (await standardInput());
  if (token === "")
    throw new BulkheadError(
      "command/wrong-usage",
      "no API token: put it into BULKHEAD_TOKEN or on standard input",
    );
  const me = await login({ server, token, fingerprint, home: homedir() });
  await terminal.out.write(
    json
      ? `${JSON.stringify({ formatVersion: 1, ...me })}\n`
      : `signed in to ${server} as ${me.name}, ${me.role}\n`,
  );
  return 0;
}

async function signInWith(
  { server, fingerprint, account, json }: LoginOptions & { readonly account: string },
  { out, err }: Terminal,
): Promise<ExitCode> {
  const input = new SecretInput((text) => err.write(text));
  const me = await loginWithAccount({
    ...{ server, fingerprint, account, home: homedir() },
    password: async () => {
      const password = await input.next(`password of ${account}`);
      if (password) return password;
      throw new BulkheadError("command/wrong-usage", "no password: type it, or put it on standard input");
    },
    code: () => input.next("code of the authenticator, or a recovery code"),
  });
  await out.write(
    json
      ? `${JSON.stringify({ formatVersion: 1, ...me })}\n`
      : `signed in to ${server} as ${me.name}, ${me.role}, until ${momentText(me.expiresAt)} UTC\n`,
  );
  return 0;
}

const WAS = {
  nothing: "nobody was signed in",
  token: "signed out; the token itself is good until it is revoked",
  session: "signed out",
} as const;

export async function signOut(_options: object, { out }: Terminal): Promise<ExitCode> {
  await out.write(`${WAS[await logout(homedir())]}\n`);
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
