/** What the store says of a flow: both ends' words about it in one. */

import type { RuleRef } from "@bulkhead/shared/rules/host-policy.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";

/** Connections that are alike, as one or both of their ends reported them. Plain JSON. What is not known is absent. */
export interface JoinedFlow {
  /** The first and the last moment at which something of it was seen, milliseconds since 1970-01-01T00:00Z. */
  readonly start: number;
  readonly end: number;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  /** As in `FlowRecord`. */
  readonly protocol: number;
  readonly service: number;
  /** The larger of the two ends' counts, each. */
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  /** How many ended, and how long those had lasted together, in milliseconds: by the end that saw more of them end. */
  readonly ended: number;
  readonly lasted: number;
  /** The worse of the two judgements. */
  readonly verdict: Verdict;
  /** What the source's host said of it, and the destination's; null where it said nothing. */
  readonly egress: Judged | null;
  readonly ingress: Judged | null;
  /** Whether both ends reported it. */
  readonly confirmed: boolean;
  /** Whether one end did although both report to us. One that its source denied never came to the other end. */
  readonly unconfirmed: boolean;
}

export interface FlowEnd {
  /** Canonical text; OTHERS where more peers came than are told apart. */
  readonly address: string;
  /** The host that reported, or the name that the other end's policy has for it; the segment likewise. */
  readonly host?: string;
  readonly segment?: string;
  /** As the host itself reported them. */
  readonly unit?: string;
  readonly user?: string;
  readonly executable?: string;
}

export interface Judged {
  /** The name of the host that judged and reported. */
  readonly host: string;
  readonly verdict: Verdict;
  /** The rule that decided; null where none did. */
  readonly rule: RuleRef | null;
}

/** What a search asks for; all that is said must hold. Names that nothing has find nothing. */
export interface FlowFilter {
  /** Between which moments, both included; milliseconds since 1970-01-01T00:00Z. A record counts as a whole if any of its time is in between. */
  readonly since: number;
  readonly until?: number;
  /** The source, the destination, either of them: a host's name, a segment, an address, a block or `first-last`. */
  readonly from?: string;
  readonly to?: string;
  readonly peer?: string;
  /** Of either end. */
  readonly segment?: string;
  /** The name of the host at either end, or that reported. */
  readonly host?: string;
  /** Of either end; `nginx` is `nginx.service` as well. */
  readonly unit?: string;
  /** An expression of the policy language: `tcp/443`, `udp/*`, `icmp/echo-request`. */
  readonly service?: string;
  readonly verdicts?: readonly Verdict[];
  /** Those alone that are `unconfirmed`. */
  readonly unconfirmed?: boolean;
}

export interface FlowSearch extends FlowFilter {
  /** One flow for each bucket, not one for all of them. */
  readonly perBucket?: boolean;
  /** At most so many. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface FlowPage {
  /** Newest first, by their ends. */
  readonly flows: readonly JoinedFlow[];
  /** To go on; undefined where nothing comes after. */
  readonly next: string | undefined;
}
