/** What the doctor found, for people. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Diagnosis } from "../../doctor/diagnose.ts";
import type { Exposed } from "../../doctor/exposure.ts";
import type { Finding, FindingSeverity } from "../../doctor/finding.ts";

const STYLES = { critical: "bad", warning: "warning", info: "faint" } as const satisfies Record<
  FindingSeverity,
  string
>;

export function diagnosisText({ findings, exposure }: Diagnosis, paint: Paint): string {
  const found =
    findings.length === 0
      ? `${paint("good", "nothing is in the way")}: no other table refuses, publishes or forwards anything\n`
      : findings.map((finding) => findingText(finding, paint)).join("");
  return `${found}${exposureText(exposure)}`;
}

function findingText({ severity, what, where, remedy }: Finding, paint: Paint): string {
  const lines = [
    `${paint(STYLES[severity], severity)}: ${printable(what)}`,
    ...where.map((line) => `    ${printable(line)}`),
    `  ${printable(remedy)}`,
  ];
  return `${lines.join("\n")}\n\n`;
}

function exposureText(exposure: readonly Exposed[]): string {
  if (exposure.length === 0) return "";
  const rows = exposure.map(({ service, address, unit, from }) => [
    service,
    printable(address),
    printable(unit ?? "-"),
    callers(from),
  ]);
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd(),
  );
  return `listening here, and who may reach it by the policy:\n${lines.join("\n")}\n`;
}

function callers(from: readonly string[] | undefined): string {
  if (from === undefined) return "everybody: nothing is enforced";
  if (from.length === 0) return "nobody";
  return from.map(printable).join(", ");
}
