/** Where the daemon's policy comes from. Files today, a server later: nothing but the source differs. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";

/** What this host is to enforce. */
export interface Desired {
  readonly policy: HostPolicy;
  /** Address -> name of the host that has it, as far as the source knows. */
  readonly hostNames: Readonly<Record<string, string>>;
  /** A segment of the policy that stands for this host. */
  readonly segment: string | undefined;
  readonly notes: readonly BulkheadError[];
  /** Of the policy, where the source numbers them. */
  readonly version?: number;
  /** Of its activation: the same version can be made active again, and then it is tried again. */
  readonly revision?: number;
  /** By which the source knows it, members included. */
  readonly digest?: string;
  /** Told when it is in force, by a source that wants to know. */
  readonly inForce?: () => void;
  /** Put on probation, and confirmed when the source was reached through it. */
  readonly confirmWithinSeconds?: number;
  /** Milliseconds of `performance.now()`: until then it stays on probation, although the source is reached, and then the kernel goes back. Absent once it holds for good. */
  readonly trialEnds?: number;
  /** From before the daemon started, and not said anew: what is on probation is not ended by it. */
  readonly isRemembered?: boolean;
}

/** `invalid` and `missing`: what was desired before goes on being desired. */
export type SourceState =
  | { readonly state: "current"; readonly desired: Desired }
  | { readonly state: "invalid" | "missing"; readonly problems: readonly string[] };

export interface PolicySource {
  readonly kind: "files" | "server";
  readonly paths: readonly string[];
  /** What it says now. Never throws for what somebody wrote. */
  read(): Promise<SourceState>;
  /** Calls back when it may say something else, until it is disposed of. */
  watch(changed: () => void): Disposable;
  /** Whether the source can be reached through what is in force now, within so many milliseconds. */
  reach?(milliseconds: number): Promise<boolean>;
}

/** How the source is, for those who ask. */
export interface SourceReport {
  readonly state: SourceState["state"];
  readonly problems: readonly string[];
  /** ISO 8601. */
  readonly since: string;
}
