import type { Mode } from "../policy/policy.ts";
import type { RuleRef } from "./host-policy.ts";

/** `would-deny`: a host that only observes would have denied it, were it enforcing. */
export type Verdict = "allow" | "deny" | "would-deny";

/** What one host says about a flow. */
export interface Judgement {
  readonly host: string;
  /** The host's mode in the flow's direction. */
  readonly mode: Mode;
  readonly verdict: Verdict;
  /** The rule that decided; null where none did. */
  readonly rule: RuleRef | null;
  /** The reason in words, without a full stop. */
  readonly why: string;
}

const SEVERITY: Readonly<Record<Verdict, number>> = { allow: 0, "would-deny": 1, deny: 2 };

/** Negative, 0 or positive as `a` is better, equal or worse for the flow. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return SEVERITY[a] - SEVERITY[b];
}
