/** Problems and failed tests as single sentences, for formats that have no room for an excerpt. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { processWords } from "@bulkhead/shared/rules/invariant-words.ts";
import type { CheckedTest } from "./report.ts";

/** The code under which a failed test is reported to tools. */
export const TEST_FAILED = "command/test-failed" as const;

export function problemSentence({ message, hint, related }: Problem): string {
  const where = related && `${related.place.file}:${related.place.line}:${related.place.column}`;
  return printable(
    [message, ...(hint ? [hint] : []), ...(related ? [`${related.message}: ${where}`] : [])].join("; "),
  );
}

/** `web-1 -> db-1 postgres`, with who asks where the test says it. */
export function testName({ from, to, service, ...sender }: CheckedTest): string {
  return printable(`${from}${processWords(sender)} -> ${to} ${service}`);
}

export function testSentence(test: CheckedTest): string {
  const got = { allow: "is allowed", deny: "is denied", "would-deny": "would be denied" }[test.verdict];
  const wanted = { allow: "must get through", deny: "must not get through" }[test.expected];
  return `${testName(test)} ${wanted}, but ${got}`;
}
