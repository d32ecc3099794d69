/**
 * The table `inet bulkhead` as a tree of frozen, tagged nodes. Made by `compile()`, printed by `render()`, compared by `memberChanges()`.
 * No node holds a piece of nft text where it could hold its meaning.
 */

import type { Family } from "../net/address.ts";

/** The table's family and name, wherever they are needed. */
export const TABLE = { family: "inet", name: "bulkhead" } as const;

/** The part of the conntrack mark that is ours. Contiguous bits, at least 4; the default is the top byte. */
export const DEFAULT_MARK_MASK = 0xff000000;

/** The generation stamp: `value` is already shifted into `mask`, and never 0 (0 means that nobody has judged the flow yet). */
export interface Stamp {
  readonly mask: number;
  readonly value: number;
}

/** Where the log lines of denied and would-be-denied packets go. */
export type LogTarget =
  | { readonly to: "kernel" }
  | { readonly to: "nflog"; readonly group: number }
  | { readonly to: "nowhere" };

/** The whole table. Chains stand in the order in which a reader wants to meet them. */
export interface Ruleset {
  readonly sets: readonly SetNode[];
  readonly chains: readonly ChainNode[];
}

export interface ChainNode {
  readonly kind: "chain";
  readonly name: string;
  /** Present on the two chains that the kernel itself calls. */
  readonly base?: { readonly hook: "input" | "output"; readonly policy: "accept" | "drop" };
  /** One thought, printed above the chain. */
  readonly banner?: string;
  readonly rules: readonly RuleNode[];
}

/** One line: all matches must hold, then the statements are done in order. */
export interface RuleNode {
  readonly kind: "rule";
  readonly matches: readonly Match[];
  readonly statements: readonly Statement[];
  readonly comment?: string;
}

export type Match =
  /** An address of the flow's first packet, whichever way this packet goes. */
  | {
      readonly kind: "flow-address";
      readonly end: FlowEnd;
      readonly family: Family;
      readonly in: AddressOperand;
    }
  | { readonly kind: "protocol"; readonly protocol: number }
  | { readonly kind: "not-tcp" }
  /** The flow's port or ICMP type; only beside a `protocol`, from which nft takes its meaning. */
  | { readonly kind: "number"; readonly low: number; readonly high: number }
  | { readonly kind: "flow-state"; readonly states: readonly FlowState[] }
  | { readonly kind: "reply" }
  | { readonly kind: "stamped"; readonly stamp: Stamp }
  | { readonly kind: "loopback"; readonly side: "in" | "out" }
  | { readonly kind: "icmp-error" }
  | { readonly kind: "neighbour-discovery" }
  /** On the way in with the queries that ask for them. */
  | { readonly kind: "listener-report"; readonly side: "in" | "out" }
  | { readonly kind: "path-mtu"; readonly family: Family }
  /** UDP by its pair of ports, in this packet. */
  | {
      readonly kind: "udp-pair";
      readonly family: Family;
      readonly source: number;
      readonly destination: number;
    }
  /** Before this time, milliseconds since 1970-01-01T00:00Z. */
  | { readonly kind: "before"; readonly time: number }
  | { readonly kind: "cgroup"; readonly level: number; readonly set: string }
  | { readonly kind: "account"; readonly set: string }
  /** While the set's timer has not run out. */
  | { readonly kind: "timer"; readonly set: string };

export type FlowEnd = "source" | "destination";
export type FlowState = "new" | "established" | "related" | "invalid";
export type AddressOperand = { readonly set: string } | { readonly block: string };

export type Statement =
  | { readonly kind: "counter" }
  /** At most so often: five lines a second for the kernel's log, more for a group that somebody reads. */
  | { readonly kind: "log"; readonly prefix: string; readonly target: Exclude<LogTarget, { to: "nowhere" }> }
  | { readonly kind: "stamp"; readonly stamp: Stamp }
  /** By the flow's port or ICMP type; sorted, disjoint. Comes back where nothing matched. */
  | { readonly kind: "dispatch"; readonly entries: readonly DispatchEntry[] }
  /** Only while no newer table has taken the place of this one; else the next rule is asked (overtaken.ts). */
  | { readonly kind: "unless-overtaken"; readonly verdict: "accept" | "return" | { readonly goto: string } }
  | { readonly kind: "jump"; readonly chain: string }
  | { readonly kind: "goto"; readonly chain: string }
  | { readonly kind: "reject"; readonly how: "reset" | "prohibited" }
  | { readonly kind: "accept" }
  | { readonly kind: "drop" }
  | { readonly kind: "continue" };

export interface DispatchEntry {
  readonly low: number;
  readonly high: number;
  readonly chain: string;
}

/** A set whose elements are addresses, cgroups or accounts. */
export interface SetNode {
  readonly kind: "set";
  readonly name: string;
  readonly type: "ipv4_addr" | "ipv6_addr" | "cgroupsv2" | "uid" | "mark";
  readonly flags: readonly ("interval" | "timeout")[];
  readonly elements: readonly Element[];
  /** What the set stands for, at most 128 bytes once printed. */
  readonly comment?: string;
}

export type Element =
  /** One address, canonical text, in a plain set. */
  | { readonly kind: "address"; readonly address: string }
  /** A block `a`, `a/n` or `a-b`, in an interval set. */
  | { readonly kind: "block"; readonly block: string }
  | { readonly kind: "cgroup"; readonly path: string; readonly id: string }
  | { readonly kind: "uid"; readonly uid: number }
  /** The probation's clock: a constant that is in the set until its time is over. */
  | { readonly kind: "timer"; readonly seconds: number };

/** A change of members only, which goes over netlink and costs what it changes. Only plain (not interval, not timeout) sets are in it. */
export interface MemberChanges {
  readonly add: readonly SetChange[];
  readonly remove: readonly SetChange[];
  /** The new stamp, where the change takes a permission away. */
  readonly stamp?: Stamp;
  /** What the rule in chain `about` says from now on (its comment), where that changes: the policy's digest, the stamp. */
  readonly about?: string;
}

export interface SetChange {
  readonly set: string;
  readonly type: SetNode["type"];
  readonly elements: readonly Element[];
}
