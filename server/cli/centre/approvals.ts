import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { versionNumber } from "./policies.ts";
import { columnsText, momentText } from "./words.ts";

export interface ApproveOptions extends ConnectionOptions {
  readonly number: string;
  readonly message: string;
  readonly withdraw: boolean;
}

export interface ShowVersionOptions extends ConnectionOptions {
  readonly number: string;
}

interface VersionDetails {
  readonly number: number;
  readonly author: string;
  readonly authorAccount: string | null;
  readonly at: number;
  readonly message: string;
  readonly digest: string;
  readonly active: boolean;
  readonly approvals: { readonly needed: number; readonly given: number };
  readonly approvedBy: readonly {
    readonly by: string;
    readonly at: number;
    readonly note: string;
    readonly invalid: string | null;
    readonly doubts: readonly string[];
  }[];
}

/** Approves a version, or takes that back. */
export async function approve(options: ApproveOptions, terminal: Terminal): Promise<ExitCode> {
  const path = `/api/v1/policies/${versionNumber(options.number)}/approval`;
  const client = await connectTo(options);
  const version = options.withdraw
    ? await client.send<VersionDetails>("DELETE", path)
    : await client.post<VersionDetails>(path, { note: options.message });
  return tell(version, options, terminal);
}

/** 1 where the version has not the approvals that it needs. */
export async function showVersion(options: ShowVersionOptions, terminal: Terminal): Promise<ExitCode> {
  const number = versionNumber(options.number);
  const client = await connectTo(options);
  const version = await client.get<VersionDetails>(`/api/v1/policies/${number}`);
  await tell(version, options, terminal);
  return version.approvals.given < version.approvals.needed ? 1 : 0;
}

async function tell(
  version: VersionDetails,
  { json }: ConnectionOptions,
  { out }: Terminal,
): Promise<ExitCode> {
  await out.write(
    json ? `${JSON.stringify({ formatVersion: 1, ...version }, null, 2)}\n` : versionText(version),
  );
  return 0;
}

function versionText(version: VersionDetails): string {
  const { number, author, authorAccount, at, message, digest, active, approvals, approvedBy } = version;
  const behind = authorAccount === null || authorAccount === author ? "" : ` (${authorAccount})`;
  const facts = columnsText(
    [`version ${number}`, active ? "active" : ""],
    [
      ["pushed", `${momentText(at)} by ${author}${behind}`],
      ["message", message],
      ["digest", digest],
      ["approvals", `${approvals.given} of ${approvals.needed} that are needed`],
    ],
  );
  const lines = approvedBy.flatMap(({ by, at, note, invalid, doubts }) => [
    `${invalid === null ? "approved" : "does not count"}: ${by}, ${momentText(at)}${note === "" ? "" : `: ${note}`}`,
    ...(invalid === null ? [] : [`  ${invalid}`]),
    ...doubts.map((doubt) => `  doubtful: ${doubt}`),
  ]);
  return facts + lines.map((line) => `${printable(line)}\n`).join("");
}
