/** The report for people: each problem with an excerpt of its text, each failed test with its reasons, the counts last. */

import { catalogue } from "@bulkhead/shared/errors/catalogue.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Place } from "@bulkhead/shared/policy/place.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import type { Paint, Style } from "@bulkhead/terminal/colour.ts";
import { excerpt } from "./excerpt.ts";
import { type Finding, findingsOf } from "./findings.ts";
import { type CheckedFile, type CheckReport, outcomeOf } from "./report.ts";
import { summary } from "./summary.ts";

const STYLES = { error: "bad", warning: "warning" } as const satisfies Record<Problem["severity"], Style>;

export function checkText(report: CheckReport, paint: Paint): string {
  const failed = findingsOf(report)
    .filter(({ passed }) => !passed)
    .map((finding) => failedText(finding, paint));
  const last = paint(outcomeOf(report) === "passed" ? "good" : "bad", summary(report));
  return `${problemsText(report, paint)}${failed.map((text) => `${text}\n`).join("")}${last}\n`;
}

/** As much of a report as problems need. */
export interface Shown {
  readonly files: readonly Pick<CheckedFile, "name" | "text">[];
  readonly problems: readonly Problem[];
}

/** Problems alone, for commands that only tell why they do not go on. */
export function problemsText(report: Shown, paint: Paint): string {
  const explained = new Set<string>();
  return report.problems
    .map((problem) => {
      const advice =
        problem.hint ?? (explained.has(problem.code) ? undefined : catalogue[problem.code].remedy);
      if (problem.hint === undefined) explained.add(problem.code);
      return `${problemText(problem, { report, advice, paint })}\n`;
    })
    .join("");
}

interface Context {
  readonly report: Pick<Shown, "files">;
  readonly advice: string | undefined;
  readonly paint: Paint;
}

function problemText(problem: Problem, { report, advice, paint }: Context): string {
  const { severity, related } = problem;
  const lines = [
    `${where(problem.place, paint)}: ${paint(STYLES[severity], severity)}: ${printable(problem.message)} ${paint("faint", `[${problem.code}]`)}`,
    ...quoted(problem.place, { report, style: STYLES[severity], paint }),
    ...(related ? [`  ${where(related.place, paint)}: ${printable(related.message)}`] : []),
    ...(related && !isSameLine(related.place, problem.place)
      ? quoted(related.place, { report, style: "faint", paint })
      : []),
    ...(advice ? [`  = ${printable(advice)}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function isSameLine(a: Place, b: Place): boolean {
  return a.file === b.file && a.line === b.line;
}

function quoted(
  place: Place,
  { report, style, paint }: { report: Pick<Shown, "files">; style: Style; paint: Paint },
): string[] {
  const text = report.files.find(({ name }) => name === place.file)?.text;
  const lines = text === undefined ? undefined : excerpt(text, place);
  return lines === undefined ? [] : [`  ${lines[0]}`, `  ${lines[1].slice(0, -1)}${paint(style, "^")}`];
}

function failedText({ place, title, sentence, reasons }: Finding, paint: Paint): string {
  const head = `${where(place, paint)}: ${paint("bad", title)}: ${sentence}`;
  return `${[head, ...reasons.map((reason) => `  ${printable(reason)}`)].join("\n")}\n`;
}

function where({ file, line, column }: Place, paint: Paint): string {
  return paint("strong", `${printable(file)}:${line}:${column}`);
}
