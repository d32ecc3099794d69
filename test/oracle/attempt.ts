import { formatService, PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { Evaluation } from "@bulkhead/shared/rules/evaluate.ts";
import type { Flow } from "@bulkhead/shared/rules/flow.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";

/** A flow to be tried with a real packet, and what the policy says about it. */
export interface Attempt {
  /** What `evaluate()` was asked. */
  readonly flow: Flow;
  readonly evaluation: Evaluation;
  /** Both ends as addresses. */
  readonly source: string;
  readonly destination: string;
}

/** What the ends of an attempt see of it. */
export type Fate =
  | "connected"
  /** Rejected on the way out: TCP by a reset, all else by an ICMP message. */
  | "refused"
  | "prohibited"
  /** Dropped on the way in. */
  | "timeout";

/** What has to become of an attempt. */
export function fateOf({ flow, evaluation }: Attempt): Fate {
  if (evaluation.egress?.verdict === "deny")
    return flow.protocol === PROTOCOLS.tcp ? "refused" : "prohibited";
  return evaluation.ingress?.verdict === "deny" ? "timeout" : "connected";
}

/** The judgements that a packet really meets: none on the destination's host where the source's host stops it. */
export function judgementsMet({ evaluation: { egress, ingress } }: Attempt): Judgement[] {
  const met = egress?.verdict === "deny" ? [egress] : [egress, ingress];
  return met.filter((judgement) => judgement !== null);
}

/** `10.0.0.1 -> 10.0.0.2 tcp/5432`, for complaints. */
export function attemptText({ flow, source, destination }: Attempt): string {
  const { protocol, number } = flow;
  const process = [flow.unit, flow.user].filter((part) => part !== undefined).join(", ");
  const listener = flow.listener === undefined ? "" : `(${flow.listener})`;
  const service = formatService([{ protocol, low: number, high: number }]).join(" ");
  return `${source}${process && `(${process})`} -> ${destination}${listener} ${service}`;
}
