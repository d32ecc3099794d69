/** What recorded flows say about a policy: suggestions, what is unused, what is too wide. */

import { z } from "zod";
import { ProgressLine } from "./progress-shapes.ts";
import { Moment, Place, ProblemView } from "./shapes.ts";

/** Flows that are different, and the connections of all of them. */
export const Amount = z.strictObject({ flows: z.number().int(), connections: z.number() });

const SuggestedRuleView = z.strictObject({
  name: z.string(),
  services: z.array(z.string()),
  from: z.array(z.string()),
  to: z.array(z.string()),
  same: z.array(z.string()),
  fromUnit: z.string().optional(),
  toUnit: z.string().optional(),
  seen: Amount,
  /** Hosts that were seen at its ends. */
  hosts: z.number().int(),
  last: Moment,
  /** Its line in the policy. */
  text: z.string(),
});

const OddEndView = z.strictObject({
  segment: z.string().nullable(),
  /** Names of hosts, or addresses where they have none; at most some of them, and how many more. */
  who: z.array(z.string()),
  more: z.number().int(),
  /** How many hosts of the segment were seen at all. */
  ofHosts: z.number().int().nullable(),
  units: z.array(z.string()),
});

/** A question worth asking. */
export const OddFindingView = z.strictObject({
  kind: z.enum([
    "unconfirmed",
    "lone-word",
    "denied-at-source",
    "one-of-many",
    "scan",
    "denied-burst",
    "seen-once",
    "off-hours",
    "many-ports",
    "no-service",
  ]),
  /** In words, one sentence without a full stop. */
  words: z.string(),
  from: OddEndView,
  to: OddEndView,
  services: z.array(z.string()),
  moreServices: z.number().int(),
  seen: Amount,
  denied: z.number(),
  first: Moment,
  last: Moment,
  days: z.number().int(),
  /** A line of a policy that would allow it; null where none should. */
  rule: z.string().nullable(),
  /** The suggested rule that lets it through all the same, as it is wider. */
  coveredBy: z.string().nullable(),
});

export const SuggestionView = z.strictObject({
  /** YAML that stands beside the active policy. */
  text: z.string(),
  seen: Amount,
  covered: Amount,
  segments: z.array(
    z.strictObject({ segment: z.string(), hosts: z.number().int(), seen: Amount, covered: Amount }),
  ),
  suggestedSegments: z.array(
    z.strictObject({ name: z.string(), selector: z.string(), hosts: z.array(z.string()) }),
  ),
  suggestedPeers: z.array(z.strictObject({ name: z.string(), addresses: z.array(z.string()) })),
  rules: z.array(SuggestedRuleView),
  odd: z.array(OddFindingView),
  deniedByRule: Amount,
  allowed: Amount,
  unknown: Amount,
});

/** What was read for an answer. */
export const RecordedView = z.strictObject({ since: Moment, until: Moment, records: z.number() });

/** Lines while it is made, and one at the end. */
export const SuggestionLine = z.union([
  ProgressLine,
  z.strictObject({
    kind: z.literal("suggestion"),
    /** The version that was active; null where none was. */
    active: z.number().int().nullable(),
    flows: RecordedView,
    suggestion: SuggestionView,
  }),
]);

export type SuggestionView = z.output<typeof SuggestionView>;
export type OddFindingView = z.output<typeof OddFindingView>;
export type SuggestionLine = z.output<typeof SuggestionLine>;

const KnownView = z.discriminatedUnion("kind", [
  /** Nothing has used it from this moment on, and whoever would have seen it was there to see it. */
  z.strictObject({ kind: z.literal("unused"), since: Moment, why: z.string() }),
  /** Nothing was recorded, and something may have been missed. */
  z.strictObject({ kind: z.literal("not-known"), why: z.string() }),
  /** Nothing can use it, as no rule names it. */
  z.strictObject({ kind: z.literal("not-named"), why: z.string() }),
]);

const UnusedNounView = z.strictObject({ name: z.string(), place: Place, known: KnownView });

export const UnusedView = z.strictObject({
  rules: z.array(UnusedNounView.extend({ action: z.enum(["allow", "deny"]), note: z.string().nullable() })),
  segments: z.array(UnusedNounView),
  /** Of segments that are used: hosts and blocks that had no part in it. */
  members: z.array(
    z.strictObject({
      segment: z.string(),
      member: z.string(),
      kind: z.enum(["host", "block"]),
      known: KnownView,
    }),
  ),
  /** How many members there are beyond those that are listed. */
  moreMembers: z.number().int(),
  services: z.array(UnusedNounView.extend({ parts: z.array(z.string()) })),
  used: z.strictObject({ rules: z.number().int(), ofRules: z.number().int() }),
});

export const UnusedLine = z.union([
  ProgressLine,
  z.strictObject({
    kind: z.literal("unused"),
    active: z.number().int(),
    flows: RecordedView,
    unused: UnusedView,
  }),
]);

export const LintLine = z.union([
  ProgressLine,
  z.strictObject({
    kind: z.literal("linted"),
    /** The version that was looked at; null for files. */
    version: z.number().int().nullable(),
    problems: z.array(ProblemView),
    flows: RecordedView,
  }),
  z.strictObject({ kind: z.literal("invalid"), problems: z.array(ProblemView) }),
]);

export type LintLine = z.output<typeof LintLine>;
export type UnusedView = z.output<typeof UnusedView>;
export type UnusedLine = z.output<typeof UnusedLine>;
