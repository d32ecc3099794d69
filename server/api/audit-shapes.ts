/** Shapes of the audit log. */

import { z } from "zod";
import { Moment } from "./shapes.ts";

export const AuditEntry = z.strictObject({
  number: z.number().int(),
  at: Moment,
  /** `policy-provisioned`, `host-labelled`, `sign-in-failed`, … */
  kind: z.string(),
  /** Who did it: an account, an API token's name, `local`, `host NAME`, `token ID` for a join token, `server`, `anyone`. */
  who: z.string(),
  /** What it is about: a host, a version of the policy, an account, … */
  about: z.string(),
  facts: z.record(z.string(), z.unknown()),
  /** How who did it has proved who they are: `session`, `token`, `local`, `certificate`, `join-token`, `none`; null for the server by itself. */
  credential: z.string().nullable(),
  /** From where: an address, or `socket` for the one in the data directory; null for the server by itself. */
  address: z.string().nullable(),
  /** SHA-256 over all of this and the hash of the entry before, hexadecimal. */
  hash: z.string(),
});

export const AuditPage = z.strictObject({
  /** The newest first. */
  entries: z.array(AuditEntry),
  /** Where to go on: entries before this number; null where there are no more. */
  before: z.number().int().nullable(),
});

export const ChainHeadView = z.strictObject({ number: z.number().int(), hash: z.string() });

export const AuditHead = ChainHeadView.extend({
  at: Moment,
  /** Of the authority's root that has signed it. */
  fingerprint: z.string(),
  /** What was signed, and the signature: ECDSA with SHA-256, DER, in base64. */
  statement: z.string(),
  signature: z.string(),
});

export const AuditVerification = z.strictObject({
  whole: z.boolean(),
  entries: z.number().int(),
  head: ChainHeadView.nullable(),
  /** Entries that were there before the log was chained: taken as they were found. */
  unchained: z.number().int(),
  /** The first place that is wrong. */
  fault: z
    .strictObject({
      what: z.enum(["entry", "hash", "missing", "cut", "replaced", "unreadable"]),
      number: z.number().int(),
      at: Moment.nullable(),
      found: z.string(),
      expected: z.string(),
      words: z.string(),
    })
    .nullable(),
  /** How many places are wrong. */
  faults: z.number().int(),
});

/** How far the reading has come, then what it has shown. */
export const AuditVerificationLine = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("progress"), entries: z.number().int(), of: z.number().int() }),
  AuditVerification.extend({ kind: z.literal("verdict") }),
]);

export type AuditVerificationLine = z.output<typeof AuditVerificationLine>;
export type AuditEntry = z.output<typeof AuditEntry>;
export type AuditPage = z.output<typeof AuditPage>;
export type AuditHead = z.output<typeof AuditHead>;
export type AuditVerification = z.output<typeof AuditVerification>;
