/** A change of policy as a person would make it: one rule commented out, every other line where it was. */

import type { SourceFile } from "@bulkhead/shared/policy/files.ts";
import type { Rule } from "@bulkhead/shared/policy/policy.ts";
import { isMap, isSeq, LineCounter, parseDocument } from "yaml";

export interface Change {
  readonly files: readonly SourceFile[];
  /** The lines that were taken out, as they stood there. */
  readonly lines: readonly string[];
}

/** The files without that rule; undefined where it is not written as list items under one another. */
export function withoutRule(files: readonly SourceFile[], rule: Rule): Change | undefined {
  const file = files.find(({ name }) => name === rule.place.file);
  const extent = file === undefined ? undefined : linesOfRule(file.text, rule.place.line);
  if (file === undefined || extent === undefined) return undefined;
  const lines = file.text.split("\n");
  const taken = lines.slice(extent.first - 1, extent.last);
  const text = lines
    .map((line, at) => (at + 1 >= extent.first && at + 1 <= extent.last ? `# ${line}` : line))
    .join("\n");
  return { files: files.map((other) => (other === file ? { ...file, text } : other)), lines: taken };
}

/** The first and last line of the rule that begins at that line. */
function linesOfRule(text: string, line: number): { first: number; last: number } | undefined {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const rules = document.get("rules");
  // A file without any rule left would have an empty section.
  if (!isSeq(rules) || rules.flow === true || rules.items.length < 2) return undefined;
  for (const item of rules.items) {
    if (!isMap(item) || !item.range) continue;
    const first = counter.linePos(item.range[0]).line;
    if (first === line) return { first, last: counter.linePos(item.range[1] - 1).line };
  }
  return undefined;
}
