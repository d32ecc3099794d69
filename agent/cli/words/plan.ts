/** What an apply would do, for people. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Plan } from "../../apply/plan.ts";
import { isUnchanged } from "../../apply/policy-changes.ts";
import { noteFacts } from "../report.ts";
import { cutFacts, cutsText } from "./cuts.ts";
import { effectsText, section } from "./effects.ts";
import { shortDigest } from "./generation.ts";

export function planText(plan: Plan, paint: Paint): string {
  const { wouldChange, effects, cuts, missing, factsChanged } = plan;
  return [
    headline(plan),
    effectsText(effects, paint),
    section("resolved", factsChanged ? ["DNS names, units or accounts are no longer what was loaded"] : []),
    section("table", wouldChange && isUnchanged(effects) && !factsChanged ? ["would be written anew"] : []),
    section("missing", missing.map(printable)),
    cutsText(cuts, (count) => `${count} would be cut`, paint),
    cuts.length === 0 && wouldChange ? "  no live connection would be cut\n" : "",
    cuts.some(({ ssh }) => ssh !== undefined)
      ? `  ${paint("warning", "an SSH session is among them: apply with --confirm-within, so that you can get back in")}\n`
      : "",
  ].join("");
}

function headline({ host, from, digest, wouldChange }: Plan): string {
  const name = printable(host);
  if (!wouldChange)
    return `${name}: policy ${shortDigest({ digest })} is in force; apply would touch nothing\n`;
  const before =
    from === undefined ? "where nothing is enforced now" : `in the place of ${shortDigest(from)}`;
  return `${name}: apply would load policy ${shortDigest({ digest })} ${before}\n`;
}

/** The same as facts. */
export function planFacts({
  host,
  from,
  digest,
  wouldChange,
  effects,
  factsChanged,
  cuts,
  missing,
  notes,
}: Plan): object {
  return {
    host,
    digest,
    currentDigest: from?.digest ?? null,
    wouldChange,
    effects,
    factsChanged,
    cuts: cuts.map(cutFacts),
    missing,
    warnings: notes.map(noteFacts),
  };
}
