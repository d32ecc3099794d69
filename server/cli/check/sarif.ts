/** SARIF 2.1.0 (OASIS standard), which code scanning services and editors read. */

import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { catalogue, type ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import type { CatalogueEntry } from "@bulkhead/shared/errors/error.ts";
import type { Place } from "@bulkhead/shared/policy/place.ts";
import manifest from "../../package.json" with { type: "json" };
import { findingsOf } from "./findings.ts";
import { type CheckReport, EXIT_CODES, outcomeOf, pathOf } from "./report.ts";
import { problemSentence } from "./sentences.ts";

export function checkSarif(report: CheckReport): string {
  const findings = resultsOf(report);
  const rules = [...new Set(findings.map(({ code }) => code))].sort();
  const exitCode = EXIT_CODES[outcomeOf(report)];
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "bulkhead", semanticVersion: manifest.version, rules: rules.map(ruleOf) },
        },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: true, exitCode }],
        artifacts: report.files.map(({ path }) => ({ location: location(path) })),
        results: findings.map((finding) => resultOf(finding, rules, report)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

interface Result {
  readonly code: ErrorCode;
  readonly level: "error" | "warning";
  readonly text: string;
  readonly place: Place;
  readonly related?: { readonly place: Place; readonly message: string };
}

function resultsOf(report: CheckReport): Result[] {
  return [
    ...report.problems.map((problem) => ({
      code: problem.code,
      level: problem.severity,
      text: problemSentence(problem),
      place: problem.place,
      ...(problem.related && { related: problem.related }),
    })),
    ...findingsOf(report)
      .filter(({ passed }) => !passed)
      .map(({ code, place, sentence, reasons }) => ({
        ...{ code, place, level: "error" as const },
        text: [sentence, ...reasons].join("\n"),
      })),
  ];
}

function ruleOf(code: ErrorCode) {
  const entry: CatalogueEntry = catalogue[code];
  return {
    id: code,
    shortDescription: { text: entry.title },
    help: { text: entry.remedy },
    defaultConfiguration: { level: entry.severity === "warning" ? "warning" : "error" },
  };
}

function resultOf(finding: Result, rules: readonly ErrorCode[], report: CheckReport) {
  return {
    ruleId: finding.code,
    ruleIndex: rules.indexOf(finding.code),
    level: finding.level,
    message: { text: finding.text },
    locations: [{ physicalLocation: physical(finding.place, report) }],
    ...(finding.related && {
      relatedLocations: [
        {
          id: 1,
          physicalLocation: physical(finding.related.place, report),
          message: { text: finding.related.message },
        },
      ],
    }),
  };
}

function physical(place: Place, report: CheckReport) {
  return {
    artifactLocation: location(pathOf(report, place)),
    region: { startLine: place.line, startColumn: place.column },
  };
}

/** Relative to the root of the sources, as the viewer sees it, which is where CI runs the command. */
function location(path: string) {
  if (isAbsolute(path)) return { uri: pathToFileURL(path).href };
  return { uri: path.toWellFormed().split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}
