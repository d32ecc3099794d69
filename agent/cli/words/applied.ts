/** What an apply, a confirm or a rollback has done. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Effects } from "../../apply/effects.ts";
import type { Generation } from "../../apply/generation.ts";
import type { Installed } from "../../apply/order.ts";
import { formatDuration } from "../duration.ts";
import { cutFacts, cutsText } from "./cuts.ts";
import { effectsText, section } from "./effects.ts";
import { shortDigest, stampText } from "./generation.ts";

export function installedText(installed: Installed, effects: Effects, paint: Paint): string {
  const { generation, from, cuts, adopted } = installed;
  return [
    headline(installed, paint),
    from === undefined ? "" : effectsText(effects, paint),
    section("modes", from === undefined ? [modesText(generation)] : []),
    section("resolved", resolvedLines(generation)),
    section("adopted", adopted === 0 ? [] : [`${adopted} connections that were there before`]),
    cutsText(cuts, (count) => `${count} lost the permission`, paint),
  ].join("");
}

function headline(installed: Installed, paint: Paint): string {
  const { outcome, way, generation, from } = installed;
  const { policy, probation } = generation;
  const what = `${printable(policy.host)}: policy ${shortDigest(generation)}`;
  if (outcome === "unchanged") return `${what} is in force already; nothing was touched\n`;
  const before = beforeText(installed);
  const how = way === "members" ? "members changed in place" : "in one transaction";
  if (probation === undefined)
    return `${what} ${paint("good", "is in force")} (${before}; ${how}, stamp ${stampText(generation.stamp)})\n`;
  const limit = formatDuration(probation.seconds);
  return (
    `${what} ${paint("warning", `is on probation for ${limit}`)} (${before}; stamp ${stampText(generation.stamp)})\n` +
    `  run 'bulkhead-agent confirm' within ${limit}, or the kernel goes back ${from === undefined ? "to enforcing nothing" : "by itself"}\n`
  );
}

function beforeText({ generation, from, before }: Installed): string {
  if (before === "nothing") return "nothing was enforced before";
  if (from === undefined) return "before: a policy that the state does not know";
  return from.digest === generation.digest ? "the same policy, written anew" : `before: ${shortDigest(from)}`;
}

export function modesText({ policy: { modes, rules } }: Generation): string {
  const count = new Set(rules.map(({ rule }) => rule.name)).size;
  return `ingress ${modes.ingress}, egress ${modes.egress}; ${count === 1 ? "1 rule stands" : `${count} rules stand`} on this host`;
}

/** One-shot: what is resolved now stays so until the next apply. */
function resolvedLines({ facts }: Generation): string[] {
  const counted = [
    counts(Object.keys(facts.names).length, "DNS name"),
    counts(Object.keys(facts.units).length, "unit"),
    counts(Object.keys(facts.users).length, "account"),
  ].flat();
  return counted.length === 0 ? [] : [`${counted.join(", ")}; as they are now, and not followed`];
}

function counts(number: number, noun: string): string[] {
  return number === 0 ? [] : [`${number} ${noun}${number === 1 ? "" : "s"}`];
}

/** The same as facts. */
export function installedFacts(installed: Installed, effects: Effects): object {
  const { outcome, way, generation, from, cuts, adopted } = installed;
  const { policy, digest, stamp, loadedAt, missing, probation, facts } = generation;
  return {
    outcome,
    way,
    host: policy.host,
    digest,
    previousDigest: from?.digest ?? null,
    stamp: stampText(stamp),
    loadedAt,
    modes: policy.modes,
    probation: probation ?? null,
    effects,
    resolved: facts,
    missing,
    adopted,
    cuts: { count: cuts.length, connections: cuts.slice(0, 100).map(cutFacts) },
  };
}
