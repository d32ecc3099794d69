/** Judging all services at once: what `judge()` says of each, as sets. */

import type { Direction, Mode } from "../policy/policy.ts";
import { stands } from "./expiry.ts";
import type { HostRule } from "./host-policy.ts";
import { NEVER_JUDGED } from "./never-judged.ts";
import type { Judged } from "./situation.ts";
import { Spans } from "./spans.ts";

/** A process by what rules can name of it; `undefined` is a unit or an account that no rule names. */
export interface Process {
  readonly unit: string | undefined;
  readonly user: string | undefined;
}

export const UNNAMED: Process = { unit: undefined, user: undefined };

/** What becomes of a flow, for every service. What is in neither set is denied. */
export interface Spectrum {
  readonly allow: Spans;
  /** Gets through, because a host only observes. */
  readonly wouldDeny: Spans;
}

const OPEN: Spectrum = { allow: Spans.all, wouldDeny: Spans.none };

/** What one host says; everything passes where none judges. On ingress, what the luckiest listener would get. */
export function spectrumOf(
  judged: Judged | undefined,
  direction: Direction,
  { process, now }: { readonly process: Process; readonly now: number | undefined },
): Spectrum {
  if (judged === undefined || judged.mode === "off") return OPEN;
  const rules = judged.rules.filter((rule) => stands(rule, now));
  const listeners = direction === "ingress" ? unitsOf(rules) : [process.unit];
  const allowed = listeners.map((unit) => allowedBy(rules, { unit, user: process.user }));
  const allow = allowed.reduce((all, some) => all.union(some), Spans.of(NEVER_JUDGED[direction]));
  return { allow, wouldDeny: restOf(judged.mode, allow) };
}

/** A flow passes where both judgements let it pass, and is allowed where both allow it. */
export function bothAllow(a: Spectrum, b: Spectrum): Spectrum {
  const allow = a.allow.intersect(b.allow);
  const passes = passing(a).intersect(passing(b));
  return { allow, wouldDeny: passes.subtract(allow) };
}

/** What gets through. */
export function passing({ allow, wouldDeny }: Spectrum): Spans {
  return allow.union(wouldDeny);
}

function restOf(mode: Mode, allow: Spans): Spans {
  return mode === "observe" ? allow.complement() : Spans.none;
}

function unitsOf(rules: readonly HostRule[]): readonly (string | undefined)[] {
  return [undefined, ...new Set(rules.flatMap(({ local }) => local.unit ?? []))];
}

function allowedBy(rules: readonly HostRule[], process: Process): Spans {
  const those = rules.filter(
    ({ local }) => isFor(local.unit, process.unit) && isFor(local.user, process.user),
  );
  const services = (action: HostRule["action"]) =>
    Spans.of(...those.filter((rule) => rule.action === action).map(({ service }) => service));
  return services("allow").subtract(services("deny"));
}

function isFor(asked: string | undefined, actual: string | undefined): boolean {
  return asked === undefined || asked === actual;
}
