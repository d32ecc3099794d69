/** What `check` found out, before it takes any form. */

import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Place } from "@bulkhead/shared/policy/place.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import type { InvariantResult } from "@bulkhead/shared/rules/invariants.ts";
import type { TestResult } from "@bulkhead/shared/rules/tests.ts";

export interface CheckReport {
  readonly files: readonly CheckedFile[];
  readonly problems: readonly Problem[];
  /** One for each service of each test of the policy; undefined where an invalid policy has no answers. */
  readonly tests: readonly CheckedTest[] | undefined;
  /** Likewise, one for each invariant. */
  readonly invariants?: readonly CheckedInvariant[] | undefined;
  /** Recorded connections that a draft would break; only `plan` knows of them. */
  readonly connections?: readonly CheckedConnection[] | undefined;
  /** Whether a warning counts as a failure. */
  readonly strict: boolean;
}

export interface CheckedFile {
  /** As places name it. */
  readonly name: string;
  /** Where it is, for tools that open it: relative to the working directory, or absolute. */
  readonly path: string;
  readonly text: string;
}

/** One question that a test of the policy asks, and its answer. */
export type CheckedTest = Omit<TestResult, "failures">;

/** A recorded connection, and what becomes of it. */
export interface CheckedConnection {
  /** Of the rule that would deny it; the beginning of the draft where none does. */
  readonly place: Place;
  readonly name: string;
  readonly sentence: string;
  readonly reasons: readonly string[];
}

export type CheckedInvariant = InvariantResult;

export interface Counts {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly testsPassed: number;
  readonly testsFailed: number;
  readonly invariantsHeld: number;
  readonly invariantsBroken: number;
}

export function countsOf({ files, problems, tests = [], invariants = [] }: CheckReport): Counts {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const testsPassed = tests.filter(({ passed }) => passed).length;
  return {
    files: files.length,
    errors,
    warnings: problems.length - errors,
    testsPassed,
    testsFailed: tests.length - testsPassed,
    invariantsHeld: invariants.filter(({ holds }) => holds).length,
    invariantsBroken: invariants.filter(({ holds }) => !holds).length,
  };
}

export type Outcome = "passed" | "failed" | "invalid";

export function outcomeOf(report: CheckReport): Outcome {
  const { errors, warnings, testsFailed, invariantsBroken } = countsOf(report);
  const connections = report.connections?.length ?? 0;
  if (errors > 0) return "invalid";
  return testsFailed + invariantsBroken + connections > 0 || (report.strict && warnings > 0)
    ? "failed"
    : "passed";
}

export const EXIT_CODES: Readonly<Record<Outcome, ExitCode>> = { passed: 0, failed: 1, invalid: 2 };

/** Where a place's file is, for tools that open it. */
export function pathOf(report: CheckReport, { file }: Place): string {
  return report.files.find(({ name }) => name === file)?.path ?? file;
}
