import { type CheckReport, countsOf, outcomeOf } from "./report.ts";

/** One JSON document. Later versions add fields; `formatVersion` changes when one changes its meaning or goes. */
export function checkJson(report: CheckReport): string {
  const document = {
    formatVersion: 1,
    outcome: outcomeOf(report),
    counts: countsOf(report),
    files: report.files.map(({ name, path }) => ({ name, path })),
    problems: report.problems.map(({ place, related, ...problem }) => ({
      ...problem,
      ...place,
      ...(related && { related: { message: related.message, ...related.place } }),
    })),
    tests: report.tests?.map(({ place, ...test }) => ({ ...test, ...place })) ?? null,
    invariants: report.invariants?.map(({ place, ...invariant }) => ({ ...invariant, ...place })) ?? null,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
