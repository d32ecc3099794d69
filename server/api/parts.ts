/** What the API's routes are made of. */

import type { ServerEnd } from "@bulkhead/shared/rules/host-policy.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { Alerts } from "../alerts/alerts.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Authority } from "../authority/authority.ts";
import type { Exports } from "../exports/exports.ts";
import type { Identity } from "../identity/identity.ts";
import type { Approvals } from "../policy/approvals.ts";
import type { Estate } from "../policy/estate.ts";
import type { Judging } from "../policy/judging/thread.ts";
import type { Provisioning } from "../policy/provisioning.ts";
import type { Rollouts } from "../policy/rollouts/rollouts.ts";
import type { StandingProof } from "../policy/standing-proof.ts";
import type { Trials } from "../policy/trials.ts";
import type { Versions } from "../policy/versions.ts";
import type { HostReports } from "../store/audit/host-reports.ts";
import type { EventStore } from "../store/estate/event-store.ts";
import type { HostStore } from "../store/estate/host-store.ts";
import type { SettingStore } from "../store/estate/settings.ts";
import type { TokenStore } from "../store/estate/token-store.ts";
import type { FlowStore } from "../store/flows/flow-store.ts";

/** A copy of everything that the server keeps. */
export interface Backup {
  readonly directory: string;
  readonly files: readonly string[];
  readonly bytes: number;
  /** `NUMBER:HASH` of the last entry of the audit log that is in it. */
  readonly head: string | null;
}

export interface ApiParts {
  readonly estate: Estate;
  readonly versions: Versions;
  readonly hosts: HostStore;
  readonly tokens: TokenStore;
  readonly events: EventStore;
  readonly audit: AuditLog;
  readonly settings: SettingStore;
  readonly accounts: Accounts;
  readonly identity: Identity;
  readonly authority: Authority;
  readonly flows: FlowStore;
  readonly reports: HostReports;
  /** Where the recorded flows are. */
  readonly flowsPath: string;
  readonly alerts: Alerts;
  readonly exports: Exports;
  readonly judging: Judging;
  /** Beside it, for what may take minutes, so that no rollout waits for advice. */
  readonly advising: Judging;
  readonly provisioning: Provisioning;
  readonly approvals: Approvals;
  readonly trials: Trials;
  readonly rollouts: Rollouts;
  readonly standing: StandingProof;
  /** Copies everything into a new directory. */
  readonly backup: (directory: string) => Promise<Backup>;
  readonly now: () => number;
  /** Has both doors show what the authority's roots are now, and agents come back to them. */
  readonly rootsChanged: (why: string) => Promise<void>;
  /** Ends a host's session at once. */
  readonly disconnect: (host: string) => void;
  /** Notes what somebody did; by what they have proved who they are, and from where, is known. In `events.whole`, together with the change or not at all. */
  readonly note: (event: {
    kind: string;
    who: string;
    about: string;
    facts: Readonly<Record<string, unknown>>;
  }) => void;
  readonly version: string;
  readonly startedAt: number;
  /** `https://HOST:PORT` of the door for agents, as tokens are printed with it. */
  readonly agentsUrl: () => string;
  /** The addresses and the port at which agents reach this server. */
  readonly agentsEnds: () => readonly ServerEnd[];
  /** `https://HOST:PORT` of the door for people and programs. */
  readonly apiUrl: () => string;
}
