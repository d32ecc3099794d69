/** What is shown to an auditor of a segment and a time. Plain JSON; all moments are milliseconds since 1970-01-01T00:00Z. */

import { z } from "zod";

const Moment = z.number().int();
const Name = z.string();

/** `gap`: what is not known of the time, and why. */
export const GAP_KINDS = [
  "server-away",
  "host-away",
  "host-unreported",
  "reports-missed",
  "records-lost",
  "retention",
  "coarse",
  "unchained",
  "altered",
  "shortened",
] as const;

const RuleView = z.strictObject({
  name: Name,
  place: z.string(),
  action: z.enum(["allow", "deny"]),
  services: z.array(z.string()),
  from: z.array(z.string()),
  to: z.array(z.string()),
  same: z.array(z.string()),
  expires: Moment.nullable(),
  note: z.string().nullable(),
});

const PolicyInForce = z.strictObject({
  version: z.number().int(),
  revision: z.number().int(),
  from: Moment,
  to: Moment,
  /** How it came into force, and by whom. */
  kind: z.string(),
  activatedBy: Name,
  author: Name,
  pushedAt: Moment,
  message: z.string(),
  /** SHA-256 of its files. */
  digest: z.string(),
  /** Whether the files that are kept have this digest, and the audit log's entry of the push says the same where there is one. */
  digestHolds: z.boolean(),
  approvals: z.array(z.strictObject({ by: Name, at: Moment, note: z.string() })),
  /** What the segment was in it; null where it had none of this name. */
  segment: z
    .strictObject({
      kind: z.enum(["select", "addresses", "names"]),
      is: z.string(),
      mode: z.string(),
      place: z.string(),
    })
    .nullable(),
  /** The rules that name it, or `any` or `any-host`. */
  rules: z.array(RuleView),
});

const HostReport = z.strictObject({
  at: Moment,
  connected: z.boolean(),
  version: z.number().int().nullable(),
  digest: z.string().nullable(),
  expected: z.string().nullable(),
  kernel: z.string().nullable(),
  enforcement: z.string().nullable(),
  modes: z.strictObject({ ingress: z.string(), egress: z.string() }).nullable(),
  missed: z.number().int(),
});

const Member = z.strictObject({
  host: Name,
  /** False for one of the policy that has no agent. */
  managed: z.boolean(),
  periods: z.array(z.strictObject({ from: Moment, to: Moment })),
  /** All that it had in these periods. */
  addresses: z.array(z.string()),
  /** What it reported, the state at the beginning first. */
  reports: z.array(HostReport),
  /** How long its kernel was known to hold just what it should, of all of its time in the segment; milliseconds. */
  heldMilliseconds: z.number().int(),
  memberMilliseconds: z.number().int(),
});

const FlowRow = z.strictObject({
  /** Into the segment, out of it, or between two of its members. */
  direction: z.enum(["in", "out", "within"]),
  /** The other end's segment, host, or `outside`. */
  peer: z.string(),
  service: z.string(),
  verdict: z.enum(["allow", "deny", "would-deny"]),
  /** The rule that decided, with its place; null for the default. */
  rule: z.string().nullable(),
  flows: z.number().int(),
  connections: z.number(),
  packets: z.number(),
  bytes: z.number(),
  /** Of the flows, those that one end alone reported although both could. */
  unconfirmed: z.number().int(),
  first: Moment,
  last: Moment,
  /** Different addresses at the other end, and some of them. */
  peers: z.number().int(),
  examples: z.array(z.string()),
});

const Entry = z.strictObject({
  /** In the audit log. */
  number: z.number().int(),
  at: Moment,
  kind: z.string(),
  who: Name,
  credential: z.string().nullable(),
  address: z.string().nullable(),
  about: z.string(),
  facts: z.record(z.string(), z.unknown()),
});

const Gap = z.strictObject({
  what: z.enum(GAP_KINDS),
  /** A host's name, or what else it is about. */
  about: z.string(),
  from: Moment,
  to: Moment,
  words: z.string(),
});

const Fault = z.strictObject({
  number: z.number().int(),
  at: Moment.nullable(),
  what: z.string(),
  words: z.string(),
});

export const EvidenceBody = z.strictObject({
  formatVersion: z.literal(1),
  segment: Name,
  from: Moment,
  to: Moment,
  madeAt: Moment,
  server: z.strictObject({ version: z.string(), authority: z.string() }),
  policies: z.array(PolicyInForce),
  members: z.array(Member),
  flows: z.array(FlowRow),
  /** Tampering, and alerts about members. */
  alarms: z.array(Entry),
  /** What people and programs did: about members and policies, and to the server. */
  actions: z.array(Entry),
  gaps: z.array(Gap),
  audit: z.strictObject({
    whole: z.boolean(),
    entries: z.number().int(),
    /** `NUMBER:HASH` of the last entry. */
    head: z.string().nullable(),
    fault: Fault.nullable(),
  }),
});

export const Evidence = EvidenceBody.extend({
  /** `sha256:…` over the JSON of all the above, without spaces, in this order. */
  digest: z.string(),
  /** By the authority, over `statement`: ECDSA with SHA-256, DER, in base64. */
  signature: z.strictObject({ fingerprint: z.string(), statement: z.string(), signature: z.string() }),
});

export type EvidenceBody = z.output<typeof EvidenceBody>;
export type Evidence = z.output<typeof Evidence>;
export type EvidenceGap = z.output<typeof Gap>;
export type EvidenceMember = z.output<typeof Member>;
export type EvidencePolicy = z.output<typeof PolicyInForce>;
export type EvidenceFlow = z.output<typeof FlowRow>;
export type EvidenceEntry = z.output<typeof Entry>;
