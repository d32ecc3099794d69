/**
 * What `GET /v1/status` answers: how the daemon is, and what is true on this host. Plain JSON; types only. The rooms whose health it tells are not known here,
 * so their words are repeated; TypeScript holds both to be the same where the daemon puts them together.
 */

import type { Loss } from "@bulkhead/shared/flow/record.ts";

/** `HostStatus`: what the one-shot `status` found, with its notes as `ToldError`s; see agent/apply/status.ts. */
export interface DaemonStatus<HostStatus = unknown> {
  /** Later versions add fields; the number changes when one changes its meaning or goes. */
  readonly formatVersion: 1;
  readonly daemon: RunningDaemon;
  readonly source: PolicySource;
  readonly enforcement: Enforcement;
  /** Present on a host that has joined a server. */
  readonly link?: Link;
  readonly tampering: Tampering;
  readonly state: StateReport;
  readonly observer: ObserverReport;
  readonly spool: SpoolReport;
  /** Of the last hour. */
  readonly losses: readonly Loss[];
  readonly status: HostStatus;
}

export interface RunningDaemon {
  readonly pid: number;
  /** ISO 8601, like every moment here that is text. */
  readonly startedAt: string;
  readonly version: string;
}

/** Where the policy comes from, and whether what is there now could be used. */
export interface PolicySource {
  readonly kind: "files" | "server";
  readonly paths: readonly string[];
  /** `invalid`, `missing`: the last good policy stays in force. */
  readonly state: "current" | "invalid" | "missing";
  /** What is wrong with it, one a line, with its place. */
  readonly problems: readonly string[];
  /** Since when it is in this state. */
  readonly since: string;
}

export interface Link {
  readonly url: string;
  /** The name by which the server knows this host. */
  readonly host: string;
  readonly connected: boolean;
  /** Since when it is, or is not. */
  readonly since: string;
  readonly why?: string;
}

export interface Enforcement {
  /** `fell-back`: a policy on probation was not confirmed. `degraded`: the kernel could not be given the policy; the rules before it stay. */
  readonly state: "enforcing" | "degraded" | "starting" | "on-probation" | "fell-back";
  readonly why?: string;
  readonly retryAt?: string;
}

/** Changes of our table by others, since the daemon started. */
export interface Tampering {
  readonly count: number;
  readonly last?: TamperingEvent;
}

export interface TamperingEvent {
  readonly at: string;
  /** Who, where the kernel says so. */
  readonly by?: { readonly pid: number; readonly name: string };
  /** How, in a few words each. */
  readonly what: readonly string[];
  /** Absent while it is not mended. */
  readonly mendedAt?: string;
  /** From the moment it was seen until the kernel was right again. */
  readonly milliseconds?: number;
}

/** What survives a restart. */
export interface StateReport {
  /** Why what is in force is remembered in memory only. */
  readonly trouble?: string;
}

/** Counters grow from the start of the daemon. */
export interface ObserverReport {
  readonly connectionEvents: number;
  readonly deniedPackets: number;
  readonly open: number;
  readonly overruns: number;
  readonly unattributed: number;
  /** Why nothing is seen at the moment. */
  readonly trouble?: string;
}

export interface SpoolReport {
  readonly records: number;
  readonly bytes: number;
  readonly oldest?: number | undefined;
  readonly unsent: number;
  readonly lost: number;
  /** Why nothing can be kept at the moment. */
  readonly trouble?: string | undefined;
}

/** An error or a warning as it goes over the socket: a code of the catalogue, what happened, what to do. */
export interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}
