/** The policy's own tests in words. */

import { printable } from "../errors/printable.ts";
import { processWords } from "./invariant-words.ts";
import type { TestResult } from "./tests.ts";

export type ToldTest = Pick<TestResult, "from" | "to" | "service" | "unit" | "user" | "verdict" | "expected">;

/** `web-1 -> db-1 postgres`, with who asks where the test says it. */
export function testName({ from, to, service, unit, user }: ToldTest): string {
  const sender = { ...(unit && { unit }), ...(user && { user }) };
  return printable(`${from}${processWords(sender)} -> ${to} ${service}`);
}

export function testSentence(test: ToldTest): string {
  const got = { allow: "is allowed", deny: "is denied", "would-deny": "would be denied" }[test.verdict];
  const wanted = { allow: "must get through", deny: "must not get through" }[test.expected];
  return `${testName(test)} ${wanted}, but ${got}`;
}
