import { test } from "@fast-check/vitest";
import { expect } from "vitest";
import { CLEAN, FAILING, HOSTILE, INVALID } from "./fixtures/reports.ts";
import { checkJson } from "./json.ts";

test("an invalid policy has problems with their places, and no tests", () => {
  const { problems, tests, ...rest } = JSON.parse(checkJson(INVALID));
  expect(rest).toEqual({
    formatVersion: 1,
    outcome: "invalid",
    counts: {
      ...{ files: 1, errors: 2, warnings: 1, testsPassed: 0, testsFailed: 0 },
      ...{ invariantsHeld: 0, invariantsBroken: 0 },
    },
    files: [{ name: "shop.yaml", path: "policy/shop.yaml" }],
    invariants: null,
  });
  expect(tests).toBeNull();
  expect(problems[0]).toEqual({
    code: "policy/duplicate-name",
    severity: "error",
    message: "the segment 'web' is there twice",
    file: "shop.yaml",
    line: 3,
    column: 3,
    related: { message: "the first is here", file: "shop.yaml", line: 2, column: 3 },
  });
});

test("a valid one has every test with its answer", () => {
  const { outcome, tests } = JSON.parse(checkJson(FAILING));
  expect(outcome).toBe("failed");
  expect(tests).toEqual([
    expect.objectContaining({ from: "web-1", service: "postgres", expected: "allow", passed: true, line: 9 }),
    expect.objectContaining({
      unit: "shop.service",
      user: "shop",
      expected: "deny",
      verdict: "allow",
      passed: false,
    }),
  ]);
});

test("warnings fail a policy only where they count", () => {
  const outcome = (strict: boolean) =>
    JSON.parse(checkJson({ ...CLEAN, problems: INVALID.problems.slice(2), strict })).outcome;
  expect([outcome(false), outcome(true)]).toEqual(["passed", "failed"]);
});

test.prop([HOSTILE])("whatever the names hold, they come back as they were", (report) => {
  const { problems } = JSON.parse(checkJson(report));
  expect(problems.map(({ message }: { message: string }) => message)).toEqual(
    report.problems.map(({ message }) => message),
  );
});
