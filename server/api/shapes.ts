/** Shapes that several routes share. */

import { parseRange } from "@bulkhead/shared/net/range.ts";
import { LIMITS } from "@bulkhead/shared/policy/limits.ts";
import { hostState, inventory } from "@bulkhead/shared/protocol/messages.ts";
import { z } from "zod";

export const Name = z.string().min(1).max(128);
export const Labels = z.record(
  z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/),
  z.string().max(128),
);
export const Moment = z.number().int();
export const Block = z
  .string()
  .max(100)
  .refine((text) => "family" in parseRange(text), "expected an address, a block a/n or a range a-b");

export const Sync = z.strictObject({
  state: z.enum(["in-sync", "behind", "ahead", "offline", "unknown", "isolated", "revoked"]),
  why: z.string().optional(),
});

export const HostView = z.strictObject({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  addresses: z.array(z.string()),
  segments: z.array(z.string()),
  connected: z.boolean(),
  joinedAt: Moment,
  seenAt: Moment.nullable(),
  /** Of a host that is gone: until then it keeps its addresses in groups. */
  leaseEndsAt: Moment.nullable(),
  /** Its lease has ended: its addresses are in no group. */
  lapsedAt: Moment.nullable(),
  isolated: z.array(z.string()).nullable(),
  sync: Sync,
  version: z.number().int().nullable(),
  /** The version that it is to follow: during a rollout not the same one for all. */
  follows: z.number().int().nullable(),
  modes: z.strictObject({ ingress: z.string(), egress: z.string() }).nullable(),
  /** Since when what is in force is in force. */
  since: Moment.nullable(),
});

export const HostDetails = HostView.extend({
  blocks: z.array(z.string()),
  token: z.string().nullable(),
  revokedAt: Moment.nullable(),
  expected: z.strictObject({ version: z.number().int(), digest: z.string() }).nullable(),
  state: hostState.nullable(),
  stateAt: Moment.nullable(),
  inventory: inventory.nullable(),
});

export const PolicyFile = z.strictObject({
  name: z.string().min(1).max(1_024),
  text: z.string().max(LIMITS.fileBytes),
});

export const Place = z.strictObject({ file: z.string(), line: z.number(), column: z.number() });
export const ProblemView = z.strictObject({
  code: z.string(),
  severity: z.enum(["error", "warning"]),
  place: Place,
  message: z.string(),
  hint: z.string().optional(),
  related: z.strictObject({ place: Place, message: z.string() }).optional(),
});

export const VersionView = z.strictObject({
  number: z.number().int(),
  author: z.string(),
  at: Moment,
  message: z.string(),
  digest: z.string(),
  active: z.boolean(),
  approvals: z.strictObject({
    /** By so many people besides the author it has to be approved. */
    needed: z.number().int(),
    /** So many approvals count. */
    given: z.number().int(),
  }),
});

export const ApprovalView = z.strictObject({
  /** The name of an account. */
  by: z.string(),
  at: Moment,
  note: z.string(),
  /** Why it does not count, in words; null where it does. */
  invalid: z.string().nullable(),
  /** In words, why it may not be a second person's. */
  doubts: z.array(z.string()),
});

export const VersionDetails = VersionView.extend({
  /** The account of whoever pushed it, also where a token of theirs did; null where nobody knows. */
  authorAccount: z.string().nullable(),
  approvedBy: z.array(ApprovalView),
});

export const EventView = z.strictObject({
  id: z.number().int(),
  at: Moment,
  kind: z.string(),
  who: z.string(),
  about: z.string(),
  facts: z.record(z.string(), z.unknown()),
});

export const StatusView = z.strictObject({
  version: z.string(),
  startedAt: Moment,
  fingerprint: z.string(),
  agents: z.string(),
  policy: z.number().int().nullable(),
  hosts: z.strictObject({
    joined: z.number().int(),
    connected: z.number().int(),
    inSync: z.number().int(),
  }),
});

export const SettingView = z.strictObject({
  key: z.string(),
  title: z.string(),
  group: z.enum(["policy", "hosts", "flows"]),
  value: z.number(),
  unit: z.enum(["seconds", "bytes", "people"]),
  default: z.number(),
  least: z.number(),
  most: z.number(),
  about: z.string(),
});

export const JoinTokenView = z.strictObject({
  id: z.string(),
  labels: z.record(z.string(), z.string()),
  addresses: z.array(z.string()),
  uses: z.number().int(),
  used: z.number().int(),
  refused: z.number().int(),
  createdAt: Moment,
  createdBy: z.string(),
  expiresAt: Moment,
  revokedAt: Moment.nullable(),
});

export const ApiTokenView = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  /** The names of the segments to which it is limited. */
  scope: z.array(z.string()).nullable(),
  createdBy: z.string(),
  /** The account whose it is; null for one that was made on the server's machine. */
  account: z.string().nullable(),
  createdAt: Moment,
  expiresAt: Moment,
  lastUsedAt: Moment.nullable(),
  revokedAt: Moment.nullable(),
});

export const InventoryHost = z.strictObject({
  name: z.string(),
  addresses: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  managed: z.boolean(),
});

export const ActivationView = z.strictObject({
  /** Grows with each. */
  revision: z.number().int(),
  policy: z.number().int(),
  at: Moment,
  by: z.string(),
  kind: z.string(),
});

export type Sync = z.output<typeof Sync>;
export type HostView = z.output<typeof HostView>;
export type HostDetails = z.output<typeof HostDetails>;
export type ProblemView = z.output<typeof ProblemView>;
export type VersionView = z.output<typeof VersionView>;
export type ApprovalView = z.output<typeof ApprovalView>;
export type VersionDetails = z.output<typeof VersionDetails>;
export type EventView = z.output<typeof EventView>;
export type StatusView = z.output<typeof StatusView>;
export type SettingView = z.output<typeof SettingView>;
export type JoinTokenView = z.output<typeof JoinTokenView>;
export type ApiTokenView = z.output<typeof ApiTokenView>;
export type InventoryHost = z.output<typeof InventoryHost>;
export type ActivationView = z.output<typeof ActivationView>;
