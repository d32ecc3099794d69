/** Problems, failed tests and broken invariants as single sentences, for formats that have no room for an excerpt. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import { formatService } from "@bulkhead/shared/net/service.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import type { Reach } from "@bulkhead/shared/rules/reach.ts";
import type { CheckedInvariant, CheckedTest } from "./report.ts";

/** The code under which a failed test is reported to tools. */
export const TEST_FAILED = "command/test-failed" as const;

/** Likewise for an invariant that does not hold. */
export const INVARIANT_BROKEN = "command/invariant-broken" as const;

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

function processWords({ unit, user }: { readonly unit?: string; readonly user?: string }): string {
  const who = [...(unit ? [`unit ${unit}`] : []), ...(user ? [`user ${user}`] : [])].join(", ");
  return who && ` (${who})`;
}

export function testSentence(test: CheckedTest): string {
  const got = { allow: "is allowed", deny: "is denied", "would-deny": "would be denied" }[test.verdict];
  const wanted = { allow: "must get through", deny: "must not get through" }[test.expected];
  return `${testName(test)} ${wanted}, but ${got}`;
}

/** `never dev -> prod all`, after its name where it has one. */
export function invariantName(invariant: CheckedInvariant): string {
  const { kind, name, place, from, to, services, unit, user } = invariant;
  const sender = { ...(unit && { unit }), ...(user && { user }) };
  const called = name === `${place.file}:${place.line}` ? "" : `${name}: `;
  const what = services.join(",");
  return printable(`${called}${kind} ${from.join(",")}${processWords(sender)} -> ${to.join(",")} ${what}`);
}

const BROKEN = { never: "gets through", always: "does not get through" } as const;

/** The invariant with the flow that breaks it. */
export function invariantSentence(invariant: CheckedInvariant): string {
  const { example, kind } = invariant;
  if (example === undefined) return invariantName(invariant);
  const { source, destination, protocol, number, unit, user } = example.flow;
  const [service = ""] = formatService([{ protocol, low: number, high: number }]);
  const sender = { ...(unit && { unit }), ...(user && { user }) };
  const flow = printable(`${source}${processWords(sender)} -> ${destination} ${service}`);
  return `${invariantName(invariant)} does not hold: ${flow} ${BROKEN[kind]}`;
}

/** So many of the ways in which it is broken are told. */
const MOST_WAYS = 10;

/** Why the example does what it does, and all that breaks the invariant. */
export function invariantReasons({ holds, kind, reasons, broken }: CheckedInvariant): readonly string[] {
  if (holds) return reasons;
  const ways = broken.slice(0, MOST_WAYS).map(reachWords);
  const more = broken.length - ways.length;
  const all = [...ways, ...(more > 0 ? [`and ${more} more`] : [])];
  return [...new Set(reasons), ...all.map((words) => `${BROKEN[kind]}: ${words}`)];
}

function reachWords({ from, to, services, ...sender }: Reach): string {
  return `${from}${processWords(sender)} -> ${to}: ${services.join(", ")}`;
}
