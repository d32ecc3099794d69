import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { columnsText, momentText } from "./words.ts";

export interface AuthorityOptions extends ConnectionOptions {
  readonly action: "show" | "rotate" | "retire";
  readonly force: boolean;
}

interface AuthorityView {
  readonly roots: readonly {
    readonly generation: number;
    readonly fingerprint: string;
    readonly notAfter: number;
  }[];
  readonly waiting: readonly string[];
}

const PATH = "/api/v1/authority";

export async function workOnAuthority(options: AuthorityOptions, { out }: Terminal): Promise<ExitCode> {
  const { action, force, json } = options;
  const client = await connectTo(options);
  const asked: Record<typeof action, () => Promise<AuthorityView>> = {
    show: () => client.get(PATH),
    rotate: () => client.post(`${PATH}/rotate`),
    retire: () => client.post(`${PATH}/retire`, { force }),
  };
  const authority = await asked[action]();
  await out.write(
    json ? `${JSON.stringify({ formatVersion: 1, ...authority }, null, 2)}\n` : authorityText(authority),
  );
  return 0;
}

function authorityText({ roots, waiting }: AuthorityView): string {
  const rows = roots.map(({ generation, fingerprint, notAfter }, at) => [
    String(generation),
    at === 0 ? "signs" : "is trusted",
    momentText(notAfter),
    fingerprint,
  ]);
  const table = columnsText(["root", "", "until", "fingerprint"], rows);
  if (roots.length === 1) return table;
  const next =
    waiting.length === 0
      ? "every host has a certificate from the new root: `bulkhead authority retire` ends the old one. Tokens and logins that name the old root's fingerprint end with it.\n"
      : `without a certificate from the new root: ${waiting.join(", ")}\n`;
  return `${table}${next}`;
}
