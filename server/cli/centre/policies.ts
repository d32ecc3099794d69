import fs from "node:fs/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { readPolicyFiles } from "@bulkhead/shared/policy/files.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { problemsText } from "../check/text.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseSeconds } from "./labels.ts";
import { provisionInWaves, type WaveOptions } from "./rollouts.ts";
import { beginTrial } from "./trial.ts";
import { columnsText, momentText } from "./words.ts";

export interface PushOptions extends ConnectionOptions {
  readonly path: readonly string[];
  readonly message: string;
}

/** 2 where the policy is invalid: then nothing was kept. */
export async function push(options: PushOptions, { out, err }: Terminal): Promise<ExitCode> {
  const { files, problems: unread } = await readPolicyFiles(fs, options.path);
  const client = await connectTo(options);
  const answer =
    unread.length > 0
      ? { number: null, problems: unread }
      : await client.post<{ number: number | null; problems: Problem[] }>("/api/v1/policies", {
          files: files.map(({ name, text }) => ({ name, text })),
          message: options.message,
        });
  const { number, problems } = answer;
  if (options.json) await out.write(`${JSON.stringify({ formatVersion: 1, number, problems }, null, 2)}\n`);
  else if (problems.length > 0) await err.write(problemsText({ files, problems }, err.paint));
  if (number === null) return 2;
  if (!options.json)
    await out.write(`version ${number} is a draft; \`bulkhead provision ${number}\` puts it in force\n`);
  return 0;
}

export interface ProvisionOptions extends ConnectionOptions, WaveOptions {
  readonly number: string;
  readonly trial: string | undefined;
}

export async function provision(options: ProvisionOptions, terminal: Terminal): Promise<ExitCode> {
  const number = versionNumber(options.number);
  if (options.trial !== undefined)
    return beginTrial(number, parseSeconds("trial", options.trial), { options, out: terminal.out });
  if (options.waves !== undefined) return provisionInWaves(number, options, terminal);
  assertNoWaveOptions(options);
  const client = await connectTo(options);
  return told(await client.post(`/api/v1/policies/${number}/provision`), options, terminal);
}

/** Throws `command/wrong-usage`. */
export function assertNoWaveOptions({ hold, denials, follow, "dry-run": dryRun }: WaveOptions): void {
  const named = Object.entries({ hold, denials, follow, "dry-run": dryRun || undefined });
  const [option] = named.find(([, value]) => value !== undefined) ?? [];
  if (option !== undefined)
    throw new BulkheadError("command/wrong-usage", `--${option} is for --waves, such as --waves 1,10%,100%`);
}

export async function rollback(options: ConnectionOptions, terminal: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  return told(await client.post("/api/v1/rollback"), options, terminal);
}

async function told(
  answer: { readonly version: number; readonly hosts: number },
  { json }: ConnectionOptions,
  { out }: Terminal,
): Promise<ExitCode> {
  const { version, hosts } = answer;
  const words = `version ${version} is the active policy; ${hosts === 1 ? "1 host is" : `${hosts} hosts are`} connected and receive it now, each on probation. \`bulkhead hosts\` shows who enforces it\n`;
  await out.write(json ? `${JSON.stringify({ formatVersion: 1, ...answer })}\n` : words);
  return 0;
}

export async function listPolicies(options: ConnectionOptions, { out }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  const policies =
    await client.get<
      {
        number: number;
        author: string;
        at: number;
        message: string;
        digest: string;
        active: boolean;
        approvals: { needed: number; given: number };
      }[]
    >("/api/v1/policies");
  if (options.json) await out.write(`${JSON.stringify({ formatVersion: 1, policies }, null, 2)}\n`);
  else if (policies.length === 0)
    await out.write('there is no policy; `bulkhead push policy/ -m "…"` brings one\n');
  else {
    const rows = policies.map(({ number, author, at, message, digest, active, approvals }) => [
      String(number),
      active ? "active" : "",
      momentText(at),
      author,
      digest.slice(0, 12),
      `${approvals.given} of ${approvals.needed}`,
      message,
    ]);
    await out.write(columnsText(["version", "", "pushed", "by", "digest", "approved", "message"], rows));
  }
  return 0;
}

/** Throws `command/wrong-usage`. */
export function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new BulkheadError("command/wrong-usage", `'${text}' is no version of the policy, expected a number`);
}
