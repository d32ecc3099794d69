import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-closing-line-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Told {
  readonly passed?: number;
  readonly failed?: number;
  readonly pending?: number;
  readonly testResults?: object[];
}

/** The last line and the exit code for what the runner reported. */
function close(
  told: Told | undefined,
  checks = "passed",
  tests = "passed",
): { last: string | undefined; code: number | null } {
  const report = join(folder, "report.json");
  const { passed = 0, failed = 0, pending = 0, testResults = [] } = told ?? {};
  const counts = {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: 0,
  };
  writeFileSync(report, told === undefined ? "" : JSON.stringify({ ...counts, testResults }));
  const run = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "closing-line.ts"), report, checks, tests],
    { encoding: "utf8" },
  );
  return { last: run.stdout.trim().split("\n").at(-1), code: run.status };
}

test("a run without a failure closes with what passed", () => {
  expect(close({ passed: 12 })).toEqual({ last: "12 passed, 0 failed", code: 0 });
});

test("skipped tests are named where there are any", () => {
  expect(close({ passed: 12, pending: 3 })).toEqual({ last: "12 passed, 0 failed, 3 skipped", code: 0 });
});

test("a failing test fails the run", () => {
  expect(close({ passed: 1, failed: 2 }, "passed", "failed")).toEqual({
    last: "1 passed, 2 failed",
    code: 1,
  });
});

test("a file that could not be loaded counts as failed", () => {
  const testResults = [{ status: "failed", assertionResults: [] }];
  expect(close({ passed: 1, testResults }, "passed", "failed")).toEqual({
    last: "1 passed, 1 failed",
    code: 1,
  });
});

test("a runner that died or failed by itself counts as failed", () => {
  expect(close(undefined, "passed", "failed")).toEqual({ last: "0 passed, 1 failed", code: 1 });
  expect(close({ passed: 3 }, "passed", "failed")).toEqual({ last: "3 passed, 1 failed", code: 1 });
});

test("failing lint or types fail the run", () => {
  expect(close({ passed: 3 }, "failed")).toEqual({ last: "3 passed, 1 failed", code: 1 });
});

test("a run in which nothing ran has failed", () => {
  expect(close({})).toEqual({ last: "0 passed, 0 failed", code: 1 });
});

test("the shell scripts are POSIX as far as this machine's sh can tell", () => {
  for (const script of ["bootstrap.sh", "run-tests.sh", "pinned-node"]) {
    execFileSync("sh", ["-n", join(import.meta.dirname, script)]);
  }
});
