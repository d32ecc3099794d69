/** Shapes that several routes share. */

import { parseRange } from "@bulkhead/shared/net/range.ts";
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
});

export const EventView = z.strictObject({
  id: z.number().int(),
  at: Moment,
  kind: z.string(),
  who: z.string(),
  about: z.string(),
  facts: z.record(z.string(), z.unknown()),
});
