/** The line of a policy that a problem is about, with a caret under the place. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Place } from "@bulkhead/shared/policy/place.ts";
import { widthOf } from "../text-width.ts";

/** How much of a long line is shown around the place, in characters. */
const WINDOW = 100;
/** Where in the window the place stands, if there is that much before it. */
const LEAD = 60;

/** Two lines without an end: `12 | text` and `   |   ^`; undefined where the text has no such line. */
export function excerpt(text: string, { line, column }: Place): readonly [string, string] | undefined {
  const source = lineOf(text, line);
  if (source === undefined) return undefined;
  const at = Math.min(column - 1, source.length);
  const start = source.length <= WINDOW ? 0 : Math.max(0, at - LEAD);
  const before = `${start > 0 ? "…" : ""}${shown(source.slice(start, at))}`;
  const after = `${shown(source.slice(at, start + WINDOW))}${source.length > start + WINDOW ? "…" : ""}`;
  const number = String(line);
  return [`${number} | ${before}${after}`, `${" ".repeat(number.length)} | ${" ".repeat(widthOf(before))}^`];
}

function lineOf(text: string, line: number): string | undefined {
  let start = 0;
  for (let passed = 1; passed < line; passed++) {
    start = text.indexOf("\n", start) + 1;
    if (start === 0) return undefined;
  }
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
}

function shown(text: string): string {
  return printable(text.replaceAll("\t", " "));
}
