import type { AddressSet } from "../net/address-set.ts";
import type { HostPolicy } from "./host-policy.ts";

/** One policy, as far as it judges and tells ends of flows apart. Two of them are compared by cutting the world wherever either does. */
export interface Side {
  /** Blocks of addresses that rules name. */
  readonly blocks: readonly Noun[];
  /** Addresses that stand for themselves: those of hosts. */
  readonly points: readonly Point[];
  /** DNS names, each with a text that is equal for names that the rules treat alike. */
  readonly names: ReadonlyMap<string, string>;
  readonly nouns: Nouns;
  /** The policy of the host that has an address, where it judges; undefined where no host does. */
  policyAt(address: string): HostPolicy | undefined;
  /** Milliseconds since 1970-01-01T00:00Z; without it no rule has expired. */
  readonly now: number | undefined;
}

export interface Point {
  /** Canonical. */
  readonly address: string;
  /** Whose address it is; traffic between two addresses of one owner never leaves it. */
  readonly owner: string | undefined;
  /** Equal for addresses that are treated alike, but for the blocks that hold them. */
  readonly signature: string;
}

/** What has a name. */
export interface Nouns {
  /** Segments, then blocks, each the widest first. */
  readonly sets: readonly Noun[];
  readonly hosts: readonly Noun[];
}

/** A set of ends that people have a word for. */
export interface Noun {
  readonly label: string;
  readonly addresses: AddressSet;
  readonly names: ReadonlySet<string>;
}
