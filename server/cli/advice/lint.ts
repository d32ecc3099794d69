/** `lint`: what is doubtful in a policy, from its files alone or asked of the server. */

import fs from "node:fs/promises";
import { lintAlone } from "@bulkhead/shared/advice/lint-policy.ts";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { readPolicyFiles, type SourceFile } from "@bulkhead/shared/policy/files.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { comparePlaces } from "@bulkhead/shared/policy/text/problems.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { type ConnectionOptions, connectTo } from "../centre/connection.ts";
import { parseSeconds } from "../centre/labels.ts";
import { checkedFile } from "../check/check.ts";
import { checkGithub } from "../check/github.ts";
import { type CheckReport, EXIT_CODES, outcomeOf } from "../check/report.ts";
import { checkSarif } from "../check/sarif.ts";
import { problemsText } from "../check/text.ts";
import { readPolicy, resolve } from "../load-policy.ts";
import { lastLine } from "../plan/progress.ts";

export interface LintOptions extends ConnectionOptions {
  readonly draft: readonly string[];
  readonly since: string;
  readonly offline: boolean;
  readonly format: "text" | "json" | "github" | "sarif";
}

const VERSION = /^[1-9]\d{0,8}$/;

/** 1 where anything is doubtful, 2 where the policy is invalid. */
export async function lint(options: LintOptions, terminal: Terminal): Promise<ExitCode> {
  const { draft, offline } = options;
  const isVersion = draft.length === 1 && VERSION.test(draft[0] ?? "");
  if (offline && (draft.length === 0 || isVersion))
    throw new BulkheadError("command/wrong-usage", "`lint --offline` needs policy files or folders");
  const client = offline ? undefined : await clientFor(options, draft.length > 0 && !isVersion, terminal);
  const linted = client === undefined ? await fromFiles(draft) : await fromServer(client, options, terminal);
  const report: CheckReport = {
    files: linted.files.map(checkedFile),
    problems: linted.problems,
    tests: undefined,
    strict: true,
  };
  await terminal.out.write(written(report, linted, options, terminal));
  return EXIT_CODES[outcomeOf(report)];
}

interface Linted {
  readonly files: readonly SourceFile[];
  readonly problems: readonly Problem[];
  /** What the server looked at. */
  readonly facts?: {
    readonly version: number | null;
    readonly flows: { readonly since: number; readonly until: number; readonly records: number };
  };
}

/** Undefined where no server is named, and files can be looked at without one. */
async function clientFor(
  options: LintOptions,
  areFiles: boolean,
  { err }: Terminal,
): Promise<ApiClient | undefined> {
  try {
    return await connectTo(options);
  } catch (error) {
    if (!areFiles || !(error instanceof BulkheadError) || error.code !== "server/no-address") throw error;
    await err.write("no server is named: this is what the files alone say\n");
    return undefined;
  }
}

async function fromFiles(paths: readonly string[]): Promise<Linted> {
  const now = Date.now();
  const { files, problems, policy } = await readPolicy(paths, now);
  if (policy === undefined) return { files, problems };
  const known = new Set(problems.map(placed));
  const more = lintAlone(resolve(policy, now)).filter((problem) => !known.has(placed(problem)));
  return { files, problems: [...problems, ...more].sort((a, b) => comparePlaces(a.place, b.place)) };
}

function placed({ code, place: { file, line } }: Problem): string {
  return JSON.stringify([code, file, line]);
}

type LintLine =
  | ({ readonly kind: "linted"; readonly problems: readonly Problem[] } & NonNullable<Linted["facts"]>)
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

async function fromServer(client: ApiClient, options: LintOptions, terminal: Terminal): Promise<Linted> {
  const { draft } = options;
  const [number] = draft;
  const isVersion = draft.length === 1 && number !== undefined && VERSION.test(number);
  const read = draft.length === 0 || isVersion ? undefined : await readPolicyFiles(fs, draft);
  if (read !== undefined && read.problems.length > 0) return read;
  const body = {
    ...(isVersion && { version: Number(number) }),
    ...(read && { files: read.files.map(({ name, text }) => ({ name, text })) }),
    since: Date.now() - parseSeconds("since", options.since) * 1000,
  };
  const line = await lastLine(client.stream<LintLine>("/api/v1/lint", { body }), terminal);
  if (line.kind === "invalid") return { files: read?.files ?? [], problems: line.problems };
  const { version, flows, problems } = line;
  const files = read?.files ?? (await client.get<SourceFile[]>(`/api/v1/policies/${version}/files`));
  return { files, problems, facts: { version, flows } };
}

function written(
  report: CheckReport,
  { facts }: Linted,
  { json, format }: LintOptions,
  { out: { paint } }: Terminal,
): string {
  switch (json ? "json" : format) {
    case "text": {
      const doubtful = report.problems.length;
      const last =
        doubtful === 0 ? "nothing is doubtful" : `${doubtful === 1 ? "1 is" : `${doubtful} are`} doubtful`;
      return `${problemsText(report, paint)}${paint(doubtful === 0 ? "good" : "bad", last)}\n`;
    }
    case "json": {
      const said = { formatVersion: 1, outcome: outcomeOf(report), ...facts, problems: report.problems };
      return `${JSON.stringify(said, null, 2)}\n`;
    }
    case "github":
      return checkGithub(report);
    case "sarif":
      return checkSarif(report);
  }
}
