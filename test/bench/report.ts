/** The table of a run, for people. */

import type { Measurement } from "./measure.ts";

const HEADINGS = ["what", "value", "against", "its value", "ratio", "goal"] as const;

export function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function cellsOf({ name, value, unit, peer, peerValue, ratio, goal, met }: Measurement): string[] {
  const held = goal === undefined ? "" : `${goal}: ${met ? "met" : "MISSED"}`;
  return [
    name,
    `${number(value)} ${unit}`,
    peer,
    `${number(peerValue)} ${unit}`,
    ratio < 0.01 ? ratio.toPrecision(2) : ratio.toFixed(3),
    held,
  ];
}

/** A table that reads well as text and is a table in Markdown. */
export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map(cellsOf);
  const widths = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(HEADINGS), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
