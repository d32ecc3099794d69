/** Watches what the kernel tells, off the main loop. What the rest of the agent sees of it is here. */

import type { FlowRecord, Loss } from "@bulkhead/shared/flow/record.ts";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { RulesetEvent } from "../kernel/events.ts";

/** What is needed to say why a connection was allowed. */
export interface PolicyView {
  readonly policy: HostPolicy;
  readonly facts: HostFacts;
  readonly stamp: Stamp;
  /** This host's own addresses, as its interfaces have them. */
  readonly addresses: readonly string[];
  /** Address -> name of the host, as far as it is known here. */
  readonly hostNames: Readonly<Record<string, string>>;
}

export interface Observer extends AsyncDisposable {
  /** From now on flows are judged by this; undefined where no policy is in force: then everything is `allow` without a rule. */
  follow(view: PolicyView | undefined): void;
  /** How it is doing, for `status` and metrics. Counters grow from the start of the agent. */
  health(): ObserverHealth;
}

export interface ObserverHealth {
  readonly connectionEvents: number;
  readonly deniedPackets: number;
  readonly open: number;
  readonly overruns: number;
  readonly unattributed: number;
  /** What cannot be seen at the moment, and why, in words. */
  readonly trouble?: string;
}

export interface ObserverListener {
  /**
   * About once a second, what is new. Records of one key and bucket may come several times: their counters are to be added up.
   */
  seen(batch: { readonly records: readonly FlowRecord[]; readonly losses: readonly Loss[] }): void;
  /** Somebody, perhaps we ourselves, has changed our table. At once. */
  rulesetChanged(event: RulesetEvent): void;
  addressesChanged(): void;
  /** The watching itself has ended; enforcement goes on. */
  failed(error: unknown): void;
}
