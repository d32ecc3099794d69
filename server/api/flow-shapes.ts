/** Flows as the API shows them. */

import { z } from "zod";
import { Moment } from "./shapes.ts";

export const Verdict = z.enum(["allow", "deny", "would-deny"]);

export const End = z.strictObject({
  address: z.string(),
  host: z.string().optional(),
  segment: z.string().optional(),
  unit: z.string().optional(),
  user: z.string().optional(),
  executable: z.string().optional(),
  /** Nobody else has a name for it, and it is where agents reach this server. */
  server: z.literal(true).optional(),
});
export const Rule = z.strictObject({
  name: z.string(),
  file: z.string(),
  line: z.number().int(),
  note: z.string().optional(),
});
export const JudgedView = z.strictObject({
  host: z.string(),
  verdict: Verdict,
  rule: Rule.nullable(),
  /** The versions of the policy that the host held meanwhile, by its own word, in that order. */
  versions: z.array(z.number().int()),
});

export const FlowView = z.strictObject({
  start: Moment,
  end: Moment,
  source: End,
  destination: End,
  service: z.string(),
  verdict: Verdict,
  connections: z.number().int(),
  packets: z.number().int(),
  bytes: z.number().int(),
  egress: JudgedView.nullable(),
  ingress: JudgedView.nullable(),
  confirmed: z.boolean(),
  unconfirmed: z.boolean(),
});
export const FlowPageView = z.strictObject({ flows: z.array(FlowView), next: z.string().nullable() });

/** The address where there is neither host nor segment, and only one that it could be. */
const EdgeEnd = End.pick({ host: true, segment: true, unit: true, server: true }).extend({
  address: z.string().optional(),
});
export const EdgeView = z.strictObject({
  source: EdgeEnd,
  destination: EdgeEnd,
  service: z.string(),
  verdict: Verdict,
  flows: z.number().int(),
  unconfirmed: z.number().int(),
  connections: z.number().int(),
  packets: z.number().int(),
  bytes: z.number().int(),
  /** When the first of it was seen within the time that was asked for, and the last. */
  start: Moment,
  end: Moment,
});
export const SummaryView = z.strictObject({
  edges: z.array(EdgeView),
  more: z.number().int(),
  deniedPerMinute: z.array(z.strictObject({ minute: Moment, connections: z.number().int() })),
});

export const TimelineView = z.strictObject({
  /** Milliseconds that each slot is long. */
  step: z.number().int(),
  /** In the order of time, those without any left out. */
  slots: z.array(
    z.strictObject({
      at: Moment,
      allowed: z.number().int(),
      wouldDeny: z.number().int(),
      denied: z.number().int(),
    }),
  ),
});

export const LossView = z.strictObject({
  host: z.string(),
  start: Moment,
  end: Moment,
  what: z.string(),
  count: z.number().int().optional(),
});

export type FlowView = z.output<typeof FlowView>;
export type FlowPageView = z.output<typeof FlowPageView>;
export type EdgeView = z.output<typeof EdgeView>;
export type SummaryView = z.output<typeof SummaryView>;
export type TimelineView = z.output<typeof TimelineView>;
export type LossView = z.output<typeof LossView>;
