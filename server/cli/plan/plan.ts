/** `plan`: what a draft would change, asked of the server, in the forms that pipelines read. */

import fs from "node:fs/promises";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { readPolicyFiles, type SourceFile } from "@bulkhead/shared/policy/files.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { type ConnectionOptions, connectTo } from "../centre/connection.ts";
import { parseSeconds } from "../centre/labels.ts";
import { checkedFile } from "../check/check.ts";
import { checkGithub } from "../check/github.ts";
import { checkJunit } from "../check/junit.ts";
import { type CheckReport, EXIT_CODES, outcomeOf } from "../check/report.ts";
import { checkSarif } from "../check/sarif.ts";
import { problemsText } from "../check/text.ts";
import type { PlanAnswer, PlanLine, PlanProgress } from "./answer.ts";
import { checkedConnection } from "./connections.ts";
import { lastLine } from "./progress.ts";
import { planText } from "./text.ts";

export interface PlanOptions extends ConnectionOptions {
  readonly draft: readonly string[];
  readonly since: string;
  readonly limit: number;
  readonly format: "text" | "json" | "github" | "junit" | "sarif";
}

const VERSION = /^[1-9]\d{0,8}$/;

/** 1 where something would break, 2 where the draft is invalid. */
export async function plan(options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const { draft, limit } = options;
  const { out, err } = terminal;
  const since = Date.now() - parseSeconds("since", options.since) * 1000;
  const format = options.json ? "json" : options.format;
  const [number] = draft;
  const isVersion = draft.length === 1 && number !== undefined && VERSION.test(number);
  const read = draft.length === 0 || isVersion ? undefined : await readPolicyFiles(fs, draft);
  const client = await connectTo(options);
  const body = {
    ...(isVersion && { version: Number(number) }),
    ...(read && { files: read.files.map(({ name, text }) => ({ name, text })) }),
    ...{ since, limit },
  };
  const unread = read?.problems ?? [];
  const line =
    unread.length > 0
      ? { kind: "invalid" as const, problems: unread }
      : await lastLine(client.stream<PlanLine>("/api/v1/plan", { body }), terminal);
  const files = read?.files ?? (line.kind === "plan" ? await filesOf(client, line) : []);
  const report = reportOf(line, files);
  await out.write(written(line, report, { format, paint: out.paint }));
  if (line.kind === "invalid" && format === "text")
    await err.write(problemsText({ files, problems: line.problems }, err.paint));
  return EXIT_CODES[outcomeOf(report)];
}

type LastLine = Exclude<PlanLine, PlanProgress>;

async function filesOf(client: ApiClient, { version }: PlanAnswer): Promise<readonly SourceFile[]> {
  return version === null ? [] : client.get<SourceFile[]>(`/api/v1/policies/${version}/files`);
}

function reportOf(line: LastLine, files: readonly SourceFile[]): CheckReport {
  const checked = files.map(checkedFile);
  const first = checked[0]?.name ?? "policy";
  if (line.kind === "invalid")
    return { files: checked, problems: line.problems, tests: undefined, strict: false };
  const { tests, invariants, flows } = line.plan;
  const connections = flows.breaks.list.map((one) => checkedConnection(one, first));
  return { files: checked, problems: line.problems, tests, invariants, connections, strict: false };
}

function written(
  line: LastLine,
  report: CheckReport,
  { format, paint }: { readonly format: PlanOptions["format"]; readonly paint: Paint },
): string {
  switch (format) {
    case "text":
      return line.kind === "plan" ? planText(line, report, paint) : "";
    case "json": {
      const { kind: _, ...facts } = line;
      return `${JSON.stringify({ formatVersion: 1, outcome: outcomeOf(report), ...facts }, null, 2)}\n`;
    }
    case "github":
      return checkGithub(report);
    case "junit":
      return checkJunit(report);
    case "sarif":
      return checkSarif(report);
  }
}
