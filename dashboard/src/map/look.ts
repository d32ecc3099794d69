/** What an edge of the map says: what was seen, or what a draft would make of it. Pure. */

import type { Verdict } from "../parts/verdict.tsx";

/** What a draft would do to recorded connections. */
export type Change = "breaks" | "opens" | "would-break";
export type Look = Verdict | Change | "as-before";

/** Those last that have to be seen: they are drawn above the others. */
const ORDER: readonly Look[] = ["as-before", "allow", "would-deny", "deny", "opens", "would-break", "breaks"];

export function severityOf(look: Look): number {
  return ORDER.indexOf(look);
}

/** The sign that an edge bears beside its colour. */
export type Sign = "cross" | "triangle" | "plus";

const SIGNS: Readonly<Partial<Record<Look, Sign>>> = {
  deny: "cross",
  "would-deny": "triangle",
  breaks: "cross",
  opens: "plus",
  "would-break": "triangle",
};

export function signOf(look: Look): Sign | undefined {
  return SIGNS[look];
}

export const CHANGES = ["breaks", "would-break", "opens"] as const satisfies readonly Change[];

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  breaks: "would break",
  "would-break": "would break if enforced",
  opens: "would get through",
};

export function isChange(look: Look): look is Change {
  return (CHANGES as readonly Look[]).includes(look);
}
