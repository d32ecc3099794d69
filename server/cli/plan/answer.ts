/** What the server says of a draft; see server/api/plan-shapes.ts. */

import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { InvariantResult } from "@bulkhead/shared/rules/invariants.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import type { ReachChange } from "@bulkhead/shared/rules/reach.ts";
import type { CheckedTest } from "../check/report.ts";

export interface PlannedEnd {
  readonly address: string;
  readonly host?: string;
  readonly segment?: string;
  readonly unit?: string;
  readonly user?: string;
}

export interface Decision {
  readonly verdict: Verdict;
  readonly host: string | null;
  readonly rule: RuleRef | null;
}

export interface Foretold {
  readonly source: PlannedEnd;
  readonly destination: PlannedEnd;
  readonly service: string;
  readonly connections: number;
  readonly start: number;
  readonly end: number;
  readonly recorded: Decision;
  readonly active: Decision | null;
  readonly next: Decision;
  readonly why: string;
  readonly unsure: boolean;
}

export interface Listed {
  readonly flows: number;
  readonly connections: number;
  readonly list: readonly Foretold[];
}

export interface Plan {
  readonly reach: ReachChange;
  readonly hosts: {
    readonly all: number;
    readonly affected: readonly { readonly name: string; readonly what: readonly string[] }[];
  };
  readonly tests: readonly CheckedTest[];
  readonly invariants: readonly InvariantResult[];
  readonly flows: {
    readonly since: number;
    readonly until: number;
    readonly records: number;
    readonly judged: number;
    readonly unjudged: number;
    readonly connections: number;
    readonly breaks: Listed;
    readonly brokenAlready: Listed;
    readonly opens: Listed;
    readonly wouldDeny: Listed;
  };
}

export interface PlanProgress {
  readonly kind: "progress";
  readonly step: "reach" | "proof" | "records" | "judging";
  readonly records?: number;
  readonly spans?: number;
  readonly ofSpans?: number;
  readonly judged?: number;
}

export interface PlanAnswer {
  readonly kind: "plan";
  readonly version: number | null;
  readonly active: number | null;
  readonly problems: readonly Problem[];
  readonly plan: Plan;
}

export type PlanLine =
  | PlanProgress
  | PlanAnswer
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };
