/** Words that the operator's commands share. */

import { printable } from "@bulkhead/shared/errors/printable.ts";

export function labelsText(labels: Readonly<Record<string, string>>): string {
  const all = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return all.length === 0 ? "-" : printable(all.join(","));
}

/** `2026-11-23 19:40:12` in UTC. */
export function momentText(moment: number | null): string {
  return moment === null ? "never" : new Date(moment).toISOString().slice(0, 19).replace("T", " ");
}

/** Columns as wide as their widest cell, the headings first. */
export function columnsText(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, at) => Math.max(...all.map((row) => (row[at] ?? "").length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
