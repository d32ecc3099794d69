/** What was seen of connections: the same words in the agent, on the wire, in the store and on the screen. */

import type { Direction } from "../policy/policy.ts";
import type { RuleRef } from "../rules/host-policy.ts";
import type { Verdict } from "../rules/judgement.ts";

/** Connections of one bucket of time that are alike: same process, peer, service, direction, verdict and rule. Plain JSON. */
export interface FlowRecord {
  /** Where the bucket begins, milliseconds since 1970-01-01T00:00Z; it is `BUCKET_MILLISECONDS` long. */
  readonly bucket: number;
  /** The first and the last moment at which something of it was seen. */
  readonly start: number;
  readonly end: number;
  readonly direction: Direction;
  readonly verdict: Verdict;
  readonly local: LocalParty;
  readonly remote: RemoteParty;
  /** IANA protocol number. */
  readonly protocol: number;
  /** The service port, ICMP type * 256 + code, or 0; see `ServiceTerm`. */
  readonly service: number;
  /** The rule that decided; null where none did. */
  readonly rule: RuleRef | null;
  /** Connections (denied: attempts, each by its own source port) that began in this bucket. */
  readonly connections: number;
  /** Of both directions, as the kernel counted them (bytes of layer 3). */
  readonly packets: number;
  readonly bytes: number;
  /** Connections that ended in this bucket, and how long all of those had lasted together, in milliseconds. */
  readonly ended: number;
  readonly lasted: number;
}

/** This host's end. What is not known is absent, never guessed. */
export interface LocalParty {
  /** Canonical text. */
  readonly address: string;
  /** systemd unit, container (`docker-….scope`) or session, as the cgroup names it. */
  readonly unit?: string;
  /** The account's name, or its number where it has none. */
  readonly user?: string;
  readonly executable?: string;
  /** Of the latest connection. */
  readonly pid?: number;
}

export interface RemoteParty {
  /** Canonical text; OTHERS where a bucket had more peers than are told apart. */
  readonly address: string;
  /** The name of the managed or unmanaged host that has this address. */
  readonly host?: string;
  /** The segment of the policy's groups that holds it; the first by name where several do. */
  readonly segment?: string;
}

export const OTHERS = "others";
export const BUCKET_MILLISECONDS = 10_000;

/** Something that was not recorded. `count` is undefined where nobody can know how much it was. */
export interface Loss {
  /** Between which moments, milliseconds since 1970-01-01T00:00Z. */
  readonly start: number;
  readonly end: number;
  readonly what: LossKind;
  readonly count?: number;
}

export type LossKind =
  /** The kernel's messages about connections came faster than they were read. */
  | "connection-events"
  /** Likewise for packets that were denied. */
  | "denied-packets"
  /** Denied packets beyond the rate at which single ones are told: counted by rule, not by peer. */
  | "denied-beyond-rate"
  /** A bucket held more different flows than are kept apart; they are in records to OTHERS. */
  | "bucket-full"
  /** The kernel's connection table was full: packets were dropped before anybody judged them. */
  | "conntrack-full"
  /** Records that were dropped, the oldest first, because the spool was full or too old. */
  | "spool-full"
  /** Records that could not be written or read. */
  | "spool-broken";
