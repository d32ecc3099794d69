/** What one end reported of a flow, added up over the time that was asked for. */

import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";

/** Their place is their number in the store; the worse the higher. */
export const VERDICTS: readonly Verdict[] = ["allow", "would-deny", "deny"];
export const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

export interface Counters {
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  readonly ended: number;
  readonly lasted: number;
}

/** Of the reporting host its own end, of the other end what the reporter calls it. */
export interface Facts {
  readonly host: string | undefined;
  readonly segment: string | undefined;
  readonly unit: string | undefined;
  readonly user: string | undefined;
  readonly executable: string | undefined;
}

export interface Half extends Counters {
  /** The number of the `flow` in the store. */
  readonly id: number;
  readonly direction: Direction;
  readonly verdict: Verdict;
  readonly source: Facts;
  readonly destination: Facts;
  readonly rule: RuleRef | null;
  readonly start: number;
  readonly end: number;
}
