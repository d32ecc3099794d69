import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Output, Terminal } from "@bulkhead/terminal/output.ts";
import { SecretInput } from "@bulkhead/terminal/secret-input.ts";
import type { ApiClient } from "../../client/api-client.ts";
import type { AccountAction } from "./account-actions.ts";
import { type AccountView, accountText, listText, type SessionView } from "./account-words.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { newPassword } from "./new-password.ts";
import { momentText } from "./words.ts";

export interface AccountOptions extends ConnectionOptions {
  readonly action: AccountAction;
  readonly name: string | undefined;
  readonly role: string | undefined;
  readonly scope: string | undefined;
  readonly link: boolean;
  readonly session: string | undefined;
}

interface Asking extends AccountOptions {
  readonly client: ApiClient;
  /** Of the account, in the API. */
  readonly path: string;
  readonly name: string;
  readonly out: Output;
  readonly err: Output;
}

const PATH = "/api/v1/accounts";

export async function workOnAccounts(options: AccountOptions, { out, err }: Terminal): Promise<ExitCode> {
  const { action, name, json } = options;
  if (action !== "list" && name === undefined)
    throw new BulkheadError("command/wrong-usage", `\`account ${action}\` needs the account's name`);
  const client = await connectTo(options);
  if (name === undefined || action === "list") {
    const accounts = await client.get<AccountView[]>(PATH);
    await out.write(
      json ? `${JSON.stringify({ formatVersion: 1, accounts }, null, 2)}\n` : listText(accounts),
    );
    return 0;
  }
  const path = `${PATH}/${encodeURIComponent(name)}`;
  await act({ ...options, name, client, path, out, err });
  return 0;
}

async function act(asking: Asking): Promise<void> {
  const { action, client, path, name } = asking;
  switch (action) {
    case "create":
      return create(asking);
    case "role":
      return tell(asking, await client.send("PUT", `${path}/role`, { role: needed(asking, "role") }));
    case "scope": {
      const scope = needed(asking, "scope");
      return tell(asking, await client.send("PUT", `${path}/scope`, { scope: segments(scope) }));
    }
    case "password": {
      const password = await newPassword(input(asking), name);
      return tell(asking, await client.send("PUT", `${path}/password`, { password }));
    }
    case "link":
      return tellLink(asking);
    case "disable":
      await tell(asking, await client.post<AccountView>(`${path}/disable`));
      return tellTokens(asking);
    case "enable":
    case "unlock":
    case "reset-second-factor":
      return tell(asking, await client.post<AccountView>(`${path}/${action}`));
    case "end-session":
      return endSession(asking);
    case "remove":
      await client.send("DELETE", path);
      await asking.out.write(
        asking.json ? `${JSON.stringify({ formatVersion: 1, removed: true })}\n` : `${name} is gone\n`,
      );
      return tellTokens(asking);
    default:
      return tell(asking, await client.get<AccountView>(path));
  }
}

async function create(asking: Asking): Promise<void> {
  const { client, name, role = "viewer", scope, link } = asking;
  const password = link ? undefined : await newPassword(input(asking), name);
  const account = await client.post<AccountView>(PATH, {
    ...{ name, role },
    ...(scope !== undefined && { scope: segments(scope) ?? undefined }),
    ...(password !== undefined && { password }),
  });
  if (link) return tellLink(asking);
  return tell(asking, account);
}

async function tell({ client, path, json, out }: Asking, account: AccountView): Promise<void> {
  const sessions = await client.get<SessionView[]>(`${path}/sessions`);
  await out.write(
    json
      ? `${JSON.stringify({ formatVersion: 1, ...account, sessions }, null, 2)}\n`
      : accountText(account, sessions),
  );
}

/** What the account has made goes on without it: a pipeline would stop in the night. Somebody has to know. */
async function tellTokens({ client, name, err }: Asking): Promise<void> {
  const all =
    await client.get<
      {
        id: string;
        name: string;
        role: string;
        account: string | null;
        expiresAt: number;
        revokedAt: number | null;
      }[]
    >("/api/v1/api-tokens");
  const good = all.filter(
    ({ account, expiresAt, revokedAt }) => account === name && revokedAt === null && expiresAt > Date.now(),
  );
  for (const token of good)
    await err.write(
      printable(
        `the API token '${token.name}' (${token.role}), which ${name} made, still proves something until ${momentText(token.expiresAt)} UTC: bulkhead api-token revoke ${token.id}`,
      ).concat("\n"),
    );
}

/** The link alone on standard output: it may be piped to wherever its owner gets it. */
async function tellLink({ client, path, name, json, out, err }: Asking): Promise<void> {
  const made = await client.post<{ url: string; expiresAt: number }>(`${path}/sign-in-links`);
  if (json) return out.write(`${JSON.stringify({ formatVersion: 1, name, ...made })}\n`);
  await out.write(`${made.url}\n`);
  await err.write(
    `told once, for the owner of '${name}': it signs in once, until ${momentText(made.expiresAt)} UTC, and may set a password\n`,
  );
}

async function endSession(asking: Asking): Promise<void> {
  const { client, path } = asking;
  const id = needed(asking, "session");
  const open = await client.get<SessionView[]>(`${path}/sessions`);
  const ids = id === "all" ? open.map((session) => session.id) : [id];
  for (const each of ids) await client.send("DELETE", `${path}/sessions/${encodeURIComponent(each)}`);
  return tell(asking, await client.get<AccountView>(path));
}

function input({ err }: Asking): SecretInput {
  return new SecretInput((text) => err.write(text));
}

function needed(asking: Asking, option: "role" | "scope" | "session"): string {
  const value = asking[option];
  if (value !== undefined) return value;
  throw new BulkheadError("command/wrong-usage", `\`account ${asking.action}\` needs --${option}`);
}

/** `web,shop`; null for `all`. */
function segments(text: string): readonly string[] | null {
  if (text === "all") return null;
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
