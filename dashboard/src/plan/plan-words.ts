/** What a plan says, in words. Pure. */

import type { ForetoldView, PlanView } from "@bulkhead/server/api/plan-shapes.ts";
import { VERDICT_WORDS } from "../parts/verdict.tsx";
import { counted } from "../parts/words.ts";

type Decision = ForetoldView["next"];

export function endWords({ host, address, unit, user }: ForetoldView["source"]): string {
  const who = [unit, user].filter(Boolean).join(", ");
  return who === "" ? (host ?? address) : `${host ?? address} (${who})`;
}

/** `denied by default on db-1`. Where a rule decided, its name is told with a link to its place. */
export function byDefault({ host }: Decision): string {
  return host === null ? "as nobody judges it" : `by default on ${host}: no rule allows it`;
}

export function decisionWords(decision: Decision): string {
  const verdict = VERDICT_WORDS[decision.verdict];
  const { rule } = decision;
  return rule === null ? `${verdict} ${byDefault(decision)}` : `${verdict} by ${rule.name}`;
}

/** What has to be known before a version is made active, in one sentence. */
export function breakWords({ flows: { breaks } }: PlanView): string {
  if (breaks.flows === 0) return "No recorded connection would break.";
  return `${counted(breaks.connections, "recorded connection")} would break.`;
}

/** How an estate's host has to do something else. */
export const AFFECTED_WORDS: Readonly<Record<string, string>> = {
  rules: "other rules",
  members: "other members of groups",
  modes: "another mode",
  new: "its first policy",
  gone: "no policy any more",
};
