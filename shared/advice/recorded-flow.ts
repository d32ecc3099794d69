/** What advice is made from: flows as the centre has them, both ends' words in one. */

import type { RuleRef } from "../rules/host-policy.ts";
import type { Verdict } from "../rules/judgement.ts";

/** Connections that are alike, over the whole time that was asked for. Moments are milliseconds since 1970-01-01T00:00Z. */
export interface RecordedFlow {
  readonly start: number;
  readonly end: number;
  readonly source: RecordedEnd;
  readonly destination: RecordedEnd;
  /** As in `FlowRecord`. */
  readonly protocol: number;
  readonly service: number;
  readonly connections: number;
  /** The worse of the two judgements. */
  readonly verdict: Verdict;
  /** What the source's host said of it, and the destination's; null where it said nothing. */
  readonly egress: RecordedJudgement | null;
  readonly ingress: RecordedJudgement | null;
  /** Whether one end alone reported it although both report to us. */
  readonly unconfirmed: boolean;
}

export interface RecordedEnd {
  /** Canonical text; OTHERS where more peers came than are told apart. */
  readonly address: string;
  readonly unit?: string;
  readonly user?: string;
}

export interface RecordedJudgement {
  readonly host: string;
  readonly verdict: Verdict;
  readonly rule: RuleRef | null;
}

/** When something was seen: on how many days, and whether at hours alone at which the estate is quiet otherwise (UTC). */
export interface Habit {
  readonly days: number;
  readonly onlyQuietHours: boolean;
}
