/** Judging all services at once: what `judge()` says of each, as sets. */

import type { Direction, Mode } from "../policy/policy.ts";
import { stands } from "./expiry.ts";
import type { FlowEnd } from "./flow-end.ts";
import type { HostPolicy, HostRule } from "./host-policy.ts";
import { matcherOf } from "./matcher.ts";
import { NEVER_JUDGED } from "./never-judged.ts";
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

export const OPEN: Spectrum = { allow: Spans.all, wouldDeny: Spans.none };

/** A flow of any service, as one host sees it. */
export interface LocalEnds {
  readonly direction: Direction;
  readonly local: FlowEnd;
  readonly peer: FlowEnd;
  readonly process: Process;
  readonly now: number | undefined;
}

/** What one host says. On ingress, what the luckiest listener would get. */
export function spectrumOn(policy: HostPolicy, ends: LocalEnds): Spectrum {
  const mode = policy.modes[ends.direction];
  if (mode === "off") return OPEN;
  const rules = matcherOf(policy)
    .between(ends)
    .filter((rule) => stands(rule, ends.now));
  if (rules.length === 0) return WITHOUT_RULES[ends.direction][mode];
  const listeners = ends.direction === "ingress" ? unitsOf(rules) : [ends.process.unit];
  const allowed = listeners.map((unit) => allowedBy(rules, { unit, user: ends.process.user }));
  const allow = allowed.reduce((all, some) => all.union(some), Spans.of(NEVER_JUDGED[ends.direction]));
  return { allow, wouldDeny: restOf(mode, allow) };
}

const WITHOUT_RULES = { ingress: withoutRules("ingress"), egress: withoutRules("egress") };

function withoutRules(direction: Direction): Readonly<Record<Mode, Spectrum>> {
  const allow = Spans.of(NEVER_JUDGED[direction]);
  return {
    enforce: { allow, wouldDeny: restOf("enforce", allow) },
    observe: { allow, wouldDeny: restOf("observe", allow) },
    off: OPEN,
  };
}

/** A flow passes where both judgements let it pass, and is allowed where both allow it. */
export function bothAllow(a: Spectrum, b: Spectrum): Spectrum {
  if (a === OPEN) return b;
  if (b === OPEN) return a;
  const allow = a.allow.intersect(b.allow);
  const passes = passing(a).intersect(passing(b));
  return { allow, wouldDeny: passes.subtract(allow) };
}

/** What gets through. */
export function passing({ allow, wouldDeny }: Spectrum): Spans {
  return wouldDeny.isEmpty ? allow : allow.union(wouldDeny);
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
