import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { joinCommand } from "@bulkhead/shared/protocol/join-command.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseLabels, parseSeconds } from "./labels.ts";
import { columnsText, labelsText, momentText } from "./words.ts";

export interface TokenOptions extends ConnectionOptions {
  readonly action: "create" | "list" | "revoke";
  readonly id: string | undefined;
  readonly labels: string;
  readonly addresses: readonly string[];
  readonly uses: number;
  readonly expires: string;
}

interface TokenView {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: readonly string[];
  readonly uses: number;
  readonly used: number;
  readonly refused: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

export async function workOnTokens(options: TokenOptions, terminal: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  const { out, err } = terminal;
  const { action, json } = options;
  if (action === "create") {
    const addresses = options.addresses.flatMap((text) => text.split(",")).filter((text) => text !== "");
    if (addresses.length === 0)
      throw new BulkheadError(
        "command/wrong-usage",
        "`token create` needs --addresses: the blocks that the hosts' addresses may come from, such as 10.0.0.0/8",
      );
    const made = await client.post<{ id: string; token: string; url: string; expiresAt: number }>(
      "/api/v1/join-tokens",
      {
        labels: parseLabels(options.labels),
        addresses,
        uses: options.uses,
        expiresInSeconds: parseSeconds("expires", options.expires),
      },
    );
    const command = joinCommand(made);
    if (json) await out.write(`${JSON.stringify({ formatVersion: 1, ...made, command }, null, 2)}\n`);
    else {
      await out.write(`${command}\n`);
      await err.write(
        `good for ${options.uses === 1 ? "1 host" : `${options.uses} hosts`} until ${momentText(made.expiresAt)} UTC. Paste the line, as root, on a host whose package repository has bulkhead-agent, or put it under ` +
          "'runcmd:' of cloud-init. It names this server's authority by its fingerprint, and the host speaks to no other; --json has the token alone\n",
      );
    }
    return 0;
  }
  if (action === "revoke") {
    if (options.id === undefined)
      throw new BulkheadError(
        "command/wrong-usage",
        "`token revoke` needs the token's id: `bulkhead token list`",
      );
    const answer = await client.send<object>(
      "DELETE",
      `/api/v1/join-tokens/${encodeURIComponent(options.id)}`,
    );
    await out.write(json ? `${JSON.stringify(answer)}\n` : `nobody joins by ${options.id} any more\n`);
    return 0;
  }
  const tokens = await client.get<TokenView[]>("/api/v1/join-tokens");
  if (json) await out.write(`${JSON.stringify({ formatVersion: 1, tokens }, null, 2)}\n`);
  else await out.write(tokens.length === 0 ? "there are no tokens\n" : listText(tokens));
  return 0;
}

function listText(tokens: readonly TokenView[]): string {
  const rows = tokens.map((token) => [
    token.id,
    token.revokedAt !== null ? "revoked" : token.expiresAt <= Date.now() ? "expired" : "good",
    `${token.used} of ${token.uses}`,
    String(token.refused),
    momentText(token.expiresAt),
    labelsText(token.labels),
    token.addresses.join(","),
  ]);
  return columnsText(["id", "state", "used", "refused", "until", "labels", "addresses"], rows);
}
