/** What a draft would change on the hosts that there are: who could reach whom, which hosts have to do something else, what recorded connections would meet. */

import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Host, Policy } from "@bulkhead/shared/policy/policy.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import type { ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import { type InvariantResult, proveInvariants } from "@bulkhead/shared/rules/invariants.ts";
import { compareReach, type ReachChange, reach } from "@bulkhead/shared/rules/reach.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import { runPolicyTests, type TestResult } from "@bulkhead/shared/rules/tests.ts";
import type { PolicyFile } from "../../store/estate/policy-store.ts";
import { RecordedFlows, type RecordedTime } from "../../store/flows/recorded-flows.ts";
import { AddressClasses } from "./address-classes.ts";
import { type AffectedHost, affectedHosts } from "./affected-hosts.ts";
import { estatePolicy } from "./estate-policy.ts";
import { type Foretelling, foretell } from "./foretelling.ts";

/** Plain data, as it goes to a thread. */
export interface JudgingTask {
  /** The files of the policy that is active; undefined before the first. */
  readonly active: readonly PolicyFile[] | undefined;
  readonly draft: readonly PolicyFile[];
  readonly joined: readonly Host[];
  readonly left: readonly string[];
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly now: number;
}

export interface PlanTask extends JudgingTask {
  readonly flows: RecordedTime & { readonly path: string };
  /** Where agents reach their server: their way there is never judged. */
  readonly server: readonly ServerEnd[];
  /** At most so many connections of each kind are listed. */
  readonly limit: number;
}

export type CheckedAnswer = Omit<TestResult, "failures">;

export interface Proof {
  readonly tests: readonly CheckedAnswer[];
  readonly invariants: readonly InvariantResult[];
}

export interface Plan extends Proof {
  readonly reach: ReachChange;
  readonly hosts: { readonly all: number; readonly affected: readonly AffectedHost[] };
  readonly flows: RecordedTime & { readonly records: number } & Foretelling;
}

export type Progress =
  | { readonly step: "reach" }
  | { readonly step: "proof" }
  | { readonly step: "records"; readonly records: number; readonly spans: number; readonly ofSpans: number }
  | { readonly step: "judging"; readonly judged: number };

export type Planned =
  | { readonly kind: "plan"; readonly plan: Plan; readonly problems: readonly Problem[] }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** Throws `server/store-unusable`. */
export function planOf(task: PlanTask, progress: (progress: Progress) => void): Planned {
  const { policy, problems } = parsePolicy(task.draft, { now: task.now });
  if (policy === undefined) return { kind: "invalid", problems };
  const next = estatePolicy(policy, task);
  const active = activeOf(task);
  progress({ step: "reach" });
  const change = active === undefined ? { gained: reach(next), lost: [] } : compareReach(active, next);
  const affected = affectedHosts(active, next);
  progress({ step: "proof" });
  const proof = proofOf(next);
  const { flows, limit, server } = task;
  using recorded = new RecordedFlows(flows.path);
  let records = 0;
  const classes = new AddressClasses(active === undefined ? [next] : [active, next], server);
  const all = recorded.raw(
    flows,
    (address) => classes.of(address),
    (reading) => {
      records = reading.records;
      progress({ step: "records", ...reading });
    },
  );
  const foretelling = foretell(all, { active, next, limit, server }, (judged) =>
    progress({ step: "judging", judged }),
  );
  const { since, until } = flows;
  return {
    kind: "plan",
    problems,
    plan: {
      reach: change,
      hosts: { all: next.hosts.size, affected },
      ...proof,
      flows: { since, until, records, ...foretelling },
    },
  };
}

/** What the draft says of itself, on the hosts that there are. */
export function proofOf(resolved: ResolvedPolicy): Proof {
  return {
    tests: runPolicyTests(resolved).map(({ failures: _, ...test }) => test),
    invariants: proveInvariants(resolved),
  };
}

/** Throws a RangeError for a draft that is invalid: whoever asks has read it. */
export function proveTask(task: JudgingTask): Proof {
  return proofOf(estatePolicy(readAgain(task.draft), task));
}

/** The active policy over the hosts that there are. */
export function activeOf(task: Omit<JudgingTask, "draft">): ResolvedPolicy | undefined {
  return task.active && estatePolicy(readAgain(task.active), task);
}

/** Throws a RangeError. */
export function readAgain(files: readonly PolicyFile[]): Policy {
  const { policy, problems } = parsePolicy(files);
  if (policy === undefined)
    throw new RangeError(`a policy that was read before is invalid: ${problems[0]?.message}`);
  return policy;
}
