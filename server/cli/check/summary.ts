import { type CheckReport, countsOf } from "./report.ts";

/** One line with the counts: `2 files: no errors, 1 warning; 13 tests passed`. */
export function summary(report: CheckReport): string {
  const { files, errors, warnings, testsPassed, testsFailed } = countsOf(report);
  const found = `${count(files, "file")}: ${count(errors, "error")}, ${count(warnings, "warning")}`;
  if (report.tests === undefined) return `${found}; the tests were not run`;
  if (report.tests.length === 0)
    return `${found}; no tests${invariantWords(report)}${connectionWords(report)}`;
  const failed = testsFailed === 0 ? "" : `, ${testsFailed} failed`;
  return `${found}; ${count(testsPassed, "test")} passed${failed}${invariantWords(report)}${connectionWords(report)}`;
}

function invariantWords(report: CheckReport): string {
  const { invariantsHeld, invariantsBroken } = countsOf(report);
  if (invariantsHeld + invariantsBroken === 0) return "";
  const broken = invariantsBroken === 0 ? "" : `, ${invariantsBroken} broken`;
  return `; ${count(invariantsHeld, "invariant")} proved${broken}`;
}

function connectionWords({ connections }: CheckReport): string {
  if (connections === undefined) return "";
  return connections.length === 0
    ? "; no recorded connection would break"
    : `; ${count(connections.length, "kind")} of recorded connections would break`;
}

function count(number: number, noun: string): string {
  return `${number === 0 ? "no" : number} ${noun}${number === 1 ? "" : "s"}`;
}
