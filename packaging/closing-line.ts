/** Prints the closing line of a test run from vitest's JSON report: `closing-line.ts REPORT CHECKS TESTS`, the latter two `passed` or `failed`. */

import { readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** One for each test file. */
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const NOTHING: Report = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

/** What the runner wrote; nothing where it died before it could. */
function readReport(path: string): Report {
  const text = readFileSync(path, "utf8");
  return text === "" ? NOTHING : { ...NOTHING, ...JSON.parse(text) };
}

/** Files that failed as a whole (an import, a hook): no test in them says so, and yet nothing in them is proved. */
function brokenFiles(report: Report): number {
  return report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
}

const [path = "", checks, tests] = process.argv.slice(2);
const report = readReport(path);
const skipped = report.numPendingTests + report.numTodoTests;
let failed = report.numFailedTests + brokenFiles(report);
if (tests === "failed" && failed === 0) {
  console.log(
    "The test runner failed although no test did, or the tests left something behind: see the words above.",
  );
  failed += 1;
}
if (checks === "failed") {
  console.log("Lint or types failed: see turbo's words above.");
  failed += 1;
}
if (report.numPassedTests === 0) console.log("No test ran.");
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0;
