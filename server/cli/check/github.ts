/** Workflow commands that GitHub Actions turns into annotations beside the changed lines. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Place } from "@bulkhead/shared/policy/place.ts";
import { findingsOf } from "./findings.ts";
import { type CheckReport, pathOf } from "./report.ts";
import { problemSentence } from "./sentences.ts";
import { summary } from "./summary.ts";

export function checkGithub(report: CheckReport): string {
  const problems = report.problems.map((problem) =>
    annotation(
      report,
      { level: problem.severity, title: problem.code, place: problem.place },
      problemSentence(problem),
    ),
  );
  const failed = findingsOf(report)
    .filter(({ passed }) => !passed)
    .map(({ code, place, sentence, reasons }) =>
      annotation(
        report,
        { level: "error", title: code, place },
        [sentence, ...reasons.map(printable)].join("\n"),
      ),
    );
  return [...problems, ...failed, summary(report)].map((line) => `${line}\n`).join("");
}

interface Heading {
  readonly level: "error" | "warning";
  readonly title: string;
  readonly place: Place;
}

function annotation(report: CheckReport, { level, title, place }: Heading, message: string): string {
  const properties = [
    `file=${property(printable(pathOf(report, place)))}`,
    `line=${place.line}`,
    `col=${place.column}`,
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(",")}::${data(message)}`;
}

// The escapes of actions/toolkit's `command.ts`, the runner's own counterpart.
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
