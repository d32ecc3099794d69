/** What a recorded flow would meet under a policy. */

import { type Evaluation, evaluate } from "../rules/evaluate.ts";
import type { Flow } from "../rules/flow.ts";
import type { RuleRef } from "../rules/host-policy.ts";
import { AS_ENFORCED, type Denied } from "../rules/judge.ts";
import type { Verdict } from "../rules/judgement.ts";
import { processesIn } from "../rules/processes.ts";
import type { ResolvedPolicy } from "../rules/resolve.ts";
import type { RecordedFlow } from "./recorded-flow.ts";

export interface Judged {
  readonly evaluation: Evaluation;
  /** The process was not recorded, and there are some that would get through. */
  readonly unsure: boolean;
}

/**
 * A host may have known a peer by a DNS name that a rule names, and the record has its address alone: where such a rule let it pass and still stands, its names are asked
 * about as well.
 */
export function judgeRecorded(
  resolved: ResolvedPolicy,
  recorded: RecordedFlow,
  denied: Denied = AS_ENFORCED,
): Judged {
  const flow = flowOf(recorded);
  // What is asked as enforced gets through where it is observed; what is asked as the policy says has to be allowed.
  const passes = (verdict: Verdict) => (denied === AS_ENFORCED ? verdict !== "deny" : verdict === "allow");
  const evaluation = evaluate(resolved, flow, denied);
  if (passes(evaluation.verdict)) return { evaluation, unsure: false };
  const byName = namedEnds(resolved, recorded)
    .map((ends) => evaluate(resolved, { ...flow, ...ends }, denied))
    .find(({ verdict }) => passes(verdict));
  if (byName !== undefined) return { evaluation: byName, unsure: false };
  return { evaluation, unsure: dependsOnProcess(resolved, recorded, flow) };
}

export function flowOf({ source, destination, protocol, service }: RecordedFlow): Flow {
  return {
    ...{ source: source.address, destination: destination.address, protocol, number: service },
    ...(source.unit === undefined ? {} : { unit: source.unit }),
    ...(source.user === undefined ? {} : { user: source.user }),
    ...(destination.unit === undefined ? {} : { listener: destination.unit }),
  };
}

/** The names that the peer had, as far as the rules that let it pass then, and are still there, say so. */
function namedEnds(
  { policy }: ResolvedPolicy,
  { egress, ingress }: RecordedFlow,
): readonly Partial<Pick<Flow, "source" | "destination">>[] {
  const namesIn = (rule: RuleRef | null | undefined, end: "from" | "to") =>
    rule == null
      ? []
      : policy.rules
          .filter(({ name }) => name === rule.name)
          .flatMap((one) => one[end])
          .flatMap((endpoint) =>
            endpoint.kind === "segment" ? (policy.segments.get(endpoint.segment) ?? []) : [],
          )
          .flatMap((segment) => (segment.kind === "names" ? segment.names : []));
  return [
    ...namesIn(egress?.rule, "to").map((destination) => ({ destination })),
    ...namesIn(ingress?.rule, "from").map((source) => ({ source })),
  ];
}

/** Whether some process that rules name would get through where none was recorded. */
function dependsOnProcess(resolved: ResolvedPolicy, { source }: RecordedFlow, flow: Flow): boolean {
  const host = resolved.inventory.hostOf(flow.source);
  if (host === undefined || source.unit !== undefined) return false;
  return processesIn(resolved.hostPolicy(host.name).rules).some(({ unit, user }) => {
    if (source.user !== undefined && user !== undefined && user !== source.user) return false;
    const sender = { ...(unit === undefined ? {} : { unit }), ...(user === undefined ? {} : { user }) };
    return evaluate(resolved, { ...flow, ...sender }).verdict !== "deny";
  });
}
