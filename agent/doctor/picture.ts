/** What the doctor looks at: facts, gathered once, from which all findings follow. */

import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { Listener } from "../kernel/host/listeners.ts";
import type { ListedChain } from "./ruleset-text.ts";

export interface Picture {
  /** What is in force; undefined where nothing is. */
  readonly policy: HostPolicy | undefined;
  /** The bits of the conntrack mark that are ours. */
  readonly mask: number;
  /** What the kernel has of our table, as `status` says it. */
  readonly ours: "holds" | "absent" | "missing" | "changed" | "unknown" | "unread";
  /** Everybody's chains but ours. */
  readonly chains: readonly ListedChain[];
  /** Canonical text. */
  readonly addresses: readonly string[];
  readonly forwarding: { readonly ipv4: boolean; readonly ipv6: boolean };
  readonly listeners: readonly Pick<Listener, "protocol" | "port" | "address" | "unit">[];
  readonly conntrack: ConntrackPressure | undefined;
  /** Units that run, as far as they are of interest here. */
  readonly services: readonly string[];
  /** Whether a start of nftables.service empties everybody's tables. */
  readonly flushesAtStart: boolean;
  /** Tables of the old iptables, beside nftables. */
  readonly legacyTables: readonly string[];
}

export interface ConntrackPressure {
  readonly count: number;
  readonly most: number;
  readonly dropped: number;
}
