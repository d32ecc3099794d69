/** `check`: everything that is wrong in a policy, what its own tests say, and whether its invariants hold. */

import { resolve as absolute, isAbsolute, relative } from "node:path";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { SourceFile } from "@bulkhead/shared/policy/files.ts";
import { proveInvariants } from "@bulkhead/shared/rules/invariants.ts";
import { runPolicyTests, type TestResult } from "@bulkhead/shared/rules/tests.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { readPolicy, resolve } from "../load-policy.ts";
import { checkGithub } from "./github.ts";
import { checkJson } from "./json.ts";
import { checkJunit } from "./junit.ts";
import { type CheckedFile, type CheckedTest, type CheckReport, EXIT_CODES, outcomeOf } from "./report.ts";
import { checkSarif } from "./sarif.ts";
import { checkText } from "./text.ts";

const FORMATS = {
  text: checkText,
  json: checkJson,
  github: checkGithub,
  junit: checkJunit,
  sarif: checkSarif,
} satisfies Record<string, (report: CheckReport, paint: Paint) => string>;

interface Given {
  readonly path: readonly string[];
  readonly format: keyof typeof FORMATS;
  readonly json: boolean;
  readonly strict: boolean;
}

export async function check({ path, format, json, strict }: Given, { out }: Terminal): Promise<ExitCode> {
  const now = Date.now();
  const { files, problems, policy } = await readPolicy(path, now);
  const resolved = policy && resolve(policy, now);
  const report: CheckReport = {
    files: files.map(checkedFile),
    problems,
    tests: resolved && runPolicyTests(resolved).map(checkedTest),
    invariants: resolved && proveInvariants(resolved),
    strict,
  };
  await out.write(FORMATS[json ? "json" : format](report, out.paint));
  return EXIT_CODES[outcomeOf(report)];
}

export function checkedFile({ name, text, path = name }: SourceFile): CheckedFile {
  return { name, text, path: pathFromHere(path) };
}

/** Relative to the working directory, which in CI is the repository; what lies outside of it is named in full. */
function pathFromHere(path: string): string {
  const from = relative(process.cwd(), path);
  return from.startsWith("../") || isAbsolute(from) ? absolute(path) : from;
}

export function checkedTest({ failures, ...test }: TestResult): CheckedTest {
  const reasons = [...new Set(test.reasons)];
  if (failures.length < 2) return { ...test, reasons };
  const others = `not the only answer that is not as expected: \`bulkhead explain\` shows all ${failures.length}`;
  return { ...test, reasons: [...reasons, others] };
}
