/** What a plan says. */

import { z } from "zod";
import { ProgressLine } from "./progress-shapes.ts";
import { Moment, Place, ProblemView } from "./shapes.ts";

const Verdict = z.enum(["allow", "deny", "would-deny"]);
const Rule = z.strictObject({
  name: z.string(),
  file: z.string(),
  line: z.number().int(),
  note: z.string().optional(),
});
const Decision = z.strictObject({ verdict: Verdict, host: z.string().nullable(), rule: Rule.nullable() });

export const ReachView = z.strictObject({
  from: z.string(),
  to: z.string(),
  services: z.array(z.string()),
  unit: z.string().optional(),
  user: z.string().optional(),
});

export const TestView = z.strictObject({
  place: Place,
  from: z.string(),
  to: z.string(),
  unit: z.string().optional(),
  user: z.string().optional(),
  service: z.string(),
  expected: z.enum(["allow", "deny"]),
  verdict: Verdict,
  passed: z.boolean(),
  reasons: z.array(z.string()),
});

const Judgement = z.strictObject({
  host: z.string(),
  mode: z.string(),
  verdict: Verdict,
  rule: Rule.nullable(),
  why: z.string(),
});

export const InvariantView = z.strictObject({
  kind: z.enum(["never", "always"]),
  name: z.string(),
  place: Place,
  from: z.array(z.string()),
  to: z.array(z.string()),
  services: z.array(z.string()),
  unit: z.string().optional(),
  user: z.string().optional(),
  holds: z.boolean(),
  broken: z.array(ReachView),
  /** One flow that breaks it. */
  example: z
    .strictObject({
      flow: z.strictObject({
        source: z.string(),
        destination: z.string(),
        protocol: z.number().int(),
        number: z.number().int(),
        unit: z.string().optional(),
        user: z.string().optional(),
      }),
      verdict: Verdict,
      egress: Judgement.nullable(),
      ingress: Judgement.nullable(),
    })
    .optional(),
  reasons: z.array(z.string()),
});

const End = z.strictObject({
  address: z.string(),
  host: z.string().optional(),
  segment: z.string().optional(),
  unit: z.string().optional(),
  user: z.string().optional(),
});

const ForetoldView = z.strictObject({
  source: End,
  destination: End,
  service: z.string(),
  connections: z.number(),
  start: Moment,
  end: Moment,
  /** As it was recorded; under the active policy, where that was asked; under the draft. */
  recorded: Decision,
  active: Decision.nullable(),
  next: Decision,
  why: z.string(),
  /** Its process was not recorded, and there are some that would still get through. */
  unsure: z.boolean(),
});

const ListedView = z.strictObject({
  flows: z.number().int(),
  connections: z.number(),
  list: z.array(ForetoldView),
});

export const PlanView = z.strictObject({
  reach: z.strictObject({ gained: z.array(ReachView), lost: z.array(ReachView) }),
  hosts: z.strictObject({
    all: z.number().int(),
    affected: z.array(z.strictObject({ name: z.string(), what: z.array(z.string()) })),
  }),
  tests: z.array(TestView),
  invariants: z.array(InvariantView),
  flows: z.strictObject({
    since: Moment,
    until: Moment,
    records: z.number(),
    judged: z.number().int(),
    unjudged: z.number().int(),
    connections: z.number(),
    breaks: ListedView,
    brokenAlready: ListedView,
    opens: ListedView,
    wouldDeny: ListedView,
  }),
});

/** Lines while it is made, and one at the end. */
export const PlanLine = z.union([
  ProgressLine,
  z.strictObject({
    kind: z.literal("plan"),
    /** The draft's number, and that of the active version. */
    version: z.number().int().nullable(),
    active: z.number().int().nullable(),
    problems: z.array(ProblemView),
    plan: PlanView,
  }),
  z.strictObject({ kind: z.literal("invalid"), problems: z.array(ProblemView) }),
]);

export type PlanView = z.output<typeof PlanView>;
export type PlanLine = z.output<typeof PlanLine>;
export type ForetoldView = z.output<typeof ForetoldView>;
