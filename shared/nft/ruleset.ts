/**
 * The table `inet bulkhead` as a tree of frozen, tagged nodes. Made by `compile()`, printed by `render()`, compared by `memberChanges()`.
 * No node holds a piece of nft text where it could hold its meaning.
 */

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
export type LogTarget = { readonly to: "kernel" } | { readonly to: "nflog"; readonly group: number } | { readonly to: "nowhere" };

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
}

export interface SetChange {
  readonly set: string;
  readonly type: SetNode["type"];
  readonly elements: readonly Element[];
}
