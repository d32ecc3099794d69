import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseSeconds } from "./labels.ts";
import { columnsText, momentText } from "./words.ts";

export interface ApiTokenOptions extends ConnectionOptions {
  readonly action: "create" | "list" | "revoke";
  readonly name: string | undefined;
  readonly role: string;
  readonly expires: string;
  readonly scope: string | undefined;
}

interface ApiTokenView {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly scope: readonly string[] | null;
  readonly account: string | null;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export async function workOnApiTokens(options: ApiTokenOptions, { out, err }: Terminal): Promise<ExitCode> {
  const { action, name, role, json } = options;
  const client = await connectTo(options);
  if (action === "list") {
    const tokens = await client.get<ApiTokenView[]>("/api/v1/api-tokens");
    const rows = tokens.map((token) => [
      token.id,
      token.name,
      token.role,
      token.scope?.join(",") ?? "all",
      token.account ?? "this machine",
      token.revokedAt !== null ? "revoked" : token.expiresAt <= Date.now() ? "expired" : "good",
      momentText(token.expiresAt),
      momentText(token.lastUsedAt),
    ]);
    await out.write(
      json
        ? `${JSON.stringify({ formatVersion: 1, tokens }, null, 2)}\n`
        : columnsText(["id", "name", "role", "scope", "made by", "state", "until", "last used"], rows),
    );
    return 0;
  }
  if (name === undefined)
    throw new BulkheadError(
      "command/wrong-usage",
      action === "create" ? "`api-token create` needs a name" : "`api-token revoke` needs the token's id",
    );
  if (action === "revoke") {
    await client.send("DELETE", `/api/v1/api-tokens/${encodeURIComponent(name)}`);
    await out.write(json ? `${JSON.stringify({ revoked: true })}\n` : `${name} proves nothing any more\n`);
    return 0;
  }
  const made = await client.post<{ id: string; token: string; expiresAt: number }>("/api/v1/api-tokens", {
    name,
    role,
    ...(options.scope !== undefined && { scope: options.scope.split(",").map((segment) => segment.trim()) }),
    expiresInSeconds: parseSeconds("expires", options.expires),
  });
  if (json) await out.write(`${JSON.stringify({ formatVersion: 1, ...made })}\n`);
  else {
    await out.write(`${made.token}\n`);
    await err.write(`it is told once; ${role} until ${momentText(made.expiresAt)} UTC\n`);
  }
  return 0;
}
