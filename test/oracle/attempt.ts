import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import { DEFAULT_MARK_MASK } from "@bulkhead/shared/nft/ruleset.ts";
import type { Direction } from "@bulkhead/shared/policy/policy.ts";
import type { Evaluation } from "@bulkhead/shared/rules/evaluate.ts";
import type { Flow } from "@bulkhead/shared/rules/flow.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";
import { serviceWord } from "@bulkhead/shared/rules/words.ts";

/** The generation that tables on a stage bear. */
export const STAMP = { mask: DEFAULT_MARK_MASK, value: 0x01000000 };

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
export function judgementsMet({ evaluation: { egress, ingress } }: Attempt): [Direction, Judgement][] {
  const met: [Direction, Judgement | null][] = [
    ["egress", egress],
    ["ingress", egress?.verdict === "deny" ? null : ingress],
  ];
  return met.filter((one): one is [Direction, Judgement] => one[1] !== null);
}

/** `10.0.0.1 -> 10.0.0.2 tcp/5432`, for complaints. */
export function attemptText({ flow, source, destination }: Attempt): string {
  const { protocol, number } = flow;
  const process = [flow.unit, flow.user].filter((part) => part !== undefined).join(", ");
  const listener = flow.listener === undefined ? "" : `(${flow.listener})`;
  const service = serviceWord(protocol, number);
  return `${source}${process && `(${process})`} -> ${destination}${listener} ${service}`;
}
