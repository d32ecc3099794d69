/** Invariants, and what breaks them, in words. */

import { printable } from "../errors/printable.ts";
import { formatService } from "../net/service.ts";
import type { InvariantResult } from "./invariants.ts";
import type { Reach } from "./reach-words.ts";

/** ` (unit a.service, user b)`; nothing where neither is said. */
export function processWords({ unit, user }: { readonly unit?: string; readonly user?: string }): string {
  const who = [...(unit ? [`unit ${unit}`] : []), ...(user ? [`user ${user}`] : [])].join(", ");
  return who && ` (${who})`;
}

/** `never dev -> prod all`, after its name where it has one. */
export function invariantName(invariant: InvariantResult): string {
  const { kind, name, place, from, to, services, unit, user } = invariant;
  const sender = { ...(unit && { unit }), ...(user && { user }) };
  const called = name === `${place.file}:${place.line}` ? "" : `${name}: `;
  const what = services.join(",");
  return printable(`${called}${kind} ${from.join(",")}${processWords(sender)} -> ${to.join(",")} ${what}`);
}

const BROKEN = { never: "gets through", always: "does not get through" } as const;

/** The invariant with the flow that breaks it. */
export function invariantSentence(invariant: InvariantResult): string {
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
export function invariantReasons({ holds, kind, reasons, broken }: InvariantResult): readonly string[] {
  if (holds) return reasons;
  const ways = broken.slice(0, MOST_WAYS).map(reachWords);
  const more = broken.length - ways.length;
  const all = [...ways, ...(more > 0 ? [`and ${more} more`] : [])];
  return [...new Set(reasons), ...all.map((words) => `${BROKEN[kind]}: ${words}`)];
}

function reachWords({ from, to, services, ...sender }: Reach): string {
  return `${from}${processWords(sender)} -> ${to}: ${services.join(", ")}`;
}
