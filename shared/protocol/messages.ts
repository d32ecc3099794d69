/** Every message between an agent and its server, with the schema that both ends hold it to. JSON, one object a WebSocket message. */

import { z } from "zod";
import { WIRE } from "./limits.ts";
import { address, count, digest, direction, modes, moment, port, ruleRef, verdict, word } from "./shapes.ts";
import { wirePolicy } from "./wire-policy.ts";

const told = z.strictObject({ code: word, message: word, remedy: word });

/** How far the host is with what it was sent. Read back from its kernel. */
export const hostState = z.strictObject({
  /** The version of the policy that is in force; 0 for none, or one that the server did not send. */
  version: count,
  /** Of what was sent last: policy and members. */
  digest: digest.nullable(),
  kernel: z.enum(["holds", "absent", "missing", "changed", "unknown", "unread"]),
  enforcement: z.enum(["enforcing", "degraded", "starting", "on-probation", "fell-back"]),
  why: word.nullable(),
  modes: modes.nullable(),
  since: moment.nullable(),
  /** Connections that the last change cut. */
  cuts: count,
  tamperings: count,
  lastTampering: word.nullable(),
  notes: z.array(told).max(50),
  watching: z.boolean(),
  spool: z.strictObject({ unsent: count, lost: count }),
});

const listening = z.strictObject({ service: word, address: word, unit: word.optional(), account: word });

/** What a host says of itself; see agent/inventory/inventory.ts. Shown, and nothing is decided by it. */
export const inventory = z.strictObject({
  hostname: word,
  distribution: word,
  release: word,
  kernel: word,
  architecture: word,
  machine: word,
  virtual: z.boolean(),
  cores: count,
  memoryBytes: count,
  cloud: z.strictObject({ provider: word, instance: word.optional() }).nullable(),
  interfaces: z
    .array(z.strictObject({ name: word, state: word, mac: word, addresses: z.array(word).max(256) }))
    .max(256),
  listening: z.array(listening).max(1_000),
});

const localParty = z.strictObject({
  address: word,
  unit: word.optional(),
  user: word.optional(),
  executable: word.optional(),
  pid: count.optional(),
});
const remoteParty = z.strictObject({ address: word, host: word.optional(), segment: word.optional() });

export const flowRecord = z.strictObject({
  bucket: moment,
  start: moment,
  end: moment,
  direction,
  verdict,
  local: localParty,
  remote: remoteParty,
  protocol: z.number().int().min(0).max(255),
  service: z.number().int().min(0).max(65_535),
  rule: ruleRef.nullable(),
  connections: count,
  packets: count,
  bytes: count,
  ended: count,
  lasted: count,
});

export const loss = z.strictObject({
  start: moment,
  end: moment,
  what: z.enum([
    "connection-events",
    "denied-packets",
    "denied-beyond-rate",
    "bucket-full",
    "conntrack-full",
    "spool-full",
    "spool-broken",
  ]),
  count: count.optional(),
});

/** What agents say. */
export const fromAgent = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    protocol: z.number().int().min(1),
    agent: word,
    addresses: z.array(address).max(WIRE.addresses),
    /** What it has from before: the policy's version, revision and digest, and the members of groups. */
    version: count,
    revision: count,
    digest: digest.nullable(),
    groups: z.record(word, digest),
  }),
  z.strictObject({ type: z.literal("addresses"), addresses: z.array(address).max(WIRE.addresses) }),
  z.strictObject({ type: z.literal("state"), state: hostState }),
  /** Members that do not lead from what the agent has to the digest that was said: they are to be sent whole. */
  z.strictObject({ type: z.literal("need"), groups: z.array(word).max(WIRE.groups) }),
  z.strictObject({
    type: z.literal("flows"),
    upTo: count,
    /** Null: not understood. One such record holds up none of the others; it is counted as lost. */
    records: z.array(flowRecord.nullable().catch(null)).max(WIRE.records),
    losses: z.array(loss.nullable().catch(null)).max(WIRE.losses),
  }),
  z.strictObject({ type: z.literal("inventory"), inventory }),
  z.strictObject({
    type: z.literal("renew"),
    publicKey: z.string().max(2_048),
    signature: z.string().max(1_024),
  }),
]);

/** What tells a policy from an older one, and from another one of the same number. */
const order = {
  /** Grows whenever a version is made active, a rollback included: an agent refuses what is older than what it has. */
  revision: count,
  /** SHA-256 of the version's files. A version's number never stands for other files. */
  content: digest,
};

/** Seconds for which an operator tries the version still: whoever puts it in force keeps it on probation for so long, until a `same` without this confirms it. */
const trialSeconds = z.number().int().min(1).max(WIRE.mostTrialSeconds).optional();

/** What the server says. */
export const fromServer = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("welcome"),
    protocol: z.number().int().min(1),
    host: word,
    server: word,
    now: moment,
    /** Roots of the authority, in PEM: more than one while it is being changed. */
    roots: z.array(z.string().max(8_192)).min(1).max(4),
    /** What has to be signed to get a new certificate, and when that should be done. */
    nonce: word,
    renewAt: moment,
  }),
  z.strictObject({
    type: z.literal("policy"),
    version: count,
    ...order,
    digest,
    policy: wirePolicy,
    /** Put on probation, and confirmed once the server was reached through it. */
    confirmWithinSeconds: z.number().int().min(5).max(3_600).optional(),
    trialSeconds,
  }),
  /** The policy is the one that the agent has: what was held back for it holds from now on. */
  z.strictObject({ type: z.literal("same"), version: count, ...order, digest, trialSeconds }),
  /** From null: all members anew. */
  z.strictObject({
    type: z.literal("members"),
    /** Held back until the next `policy` or `same`, so that what belongs together comes into force together. */
    hold: z.boolean(),
    group: word,
    from: digest.nullable(),
    to: digest,
    add: z.array(address).max(WIRE.members),
    remove: z.array(address).max(WIRE.members),
  }),
  z.strictObject({ type: z.literal("acknowledge"), upTo: count }),
  /** Reports cannot be taken now; to be kept and sent again after so many seconds. */
  z.strictObject({ type: z.literal("later"), seconds: z.number().int().min(1).max(3_600), why: word }),
  z.strictObject({
    type: z.literal("certificate"),
    pem: z.string().max(16_384),
    renewAt: moment,
    nonce: word,
  }),
  z.strictObject({ type: z.literal("refused"), code: word, message: word }),
]);

/** To join, and to renew after the certificate has expired, over HTTPS on the same port. */
export const joinRequest = z.strictObject({
  protocol: z.number().int().min(1),
  token: word,
  nonce: word,
  name: z.string().min(1).max(253),
  addresses: z.array(address).min(1).max(WIRE.addresses),
  publicKey: z.string().max(2_048),
  signature: z.string().max(1_024),
});

export const renewRequest = z.strictObject({
  publicKey: z.string().max(2_048),
  signature: z.string().max(1_024),
  nonce: word,
});

export const renewal = z.strictObject({ pem: z.string().max(16_384), renewAt: moment });

export const joinAnswer = z.strictObject({
  host: word,
  certificate: z.string().max(16_384),
  roots: z.array(z.string().max(8_192)).min(1).max(4),
  renewAt: moment,
  labels: z.record(word, word),
});

export const serverEnd = z.strictObject({ address, port });

export type FromAgent = z.infer<typeof fromAgent>;
export type FromServer = z.infer<typeof fromServer>;
export type HostState = z.infer<typeof hostState>;
export type ReportedInventory = z.infer<typeof inventory>;
export type JoinRequest = z.infer<typeof joinRequest>;
export type JoinAnswer = z.infer<typeof joinAnswer>;
