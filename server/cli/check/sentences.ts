/** Problems and failed tests as single sentences, for formats that have no room for an excerpt. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";

/** The code under which a failed test is reported to tools. */
export const TEST_FAILED = "command/test-failed" as const;

export function problemSentence({ message, hint, related }: Problem): string {
  const where = related && `${related.place.file}:${related.place.line}:${related.place.column}`;
  return printable(
    [message, ...(hint ? [hint] : []), ...(related ? [`${related.message}: ${where}`] : [])].join("; "),
  );
}
