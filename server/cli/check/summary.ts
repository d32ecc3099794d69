import { type CheckReport, countsOf } from "./report.ts";

/** One line with the counts: `2 files: no errors, 1 warning; 13 tests passed`. */
export function summary(report: CheckReport): string {
  const { files, errors, warnings, testsPassed, testsFailed } = countsOf(report);
  const found = `${count(files, "file")}: ${count(errors, "error")}, ${count(warnings, "warning")}`;
  if (report.tests === undefined) return `${found}; the tests were not run`;
  if (report.tests.length === 0) return `${found}; no tests`;
  const failed = testsFailed === 0 ? "" : `, ${testsFailed} failed`;
  return `${found}; ${count(testsPassed, "test")} passed${failed}`;
}

function count(number: number, noun: string): string {
  return `${number === 0 ? "no" : number} ${noun}${number === 1 ? "" : "s"}`;
}
