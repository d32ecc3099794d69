/**
 * What one host must enforce, and all that its agent learns of the policy. Plain JSON: this is what the wire carries, what the state
 * file keeps, what `judge()` answers from and what the nftables compiler reads, so that none of them can disagree.
 */

import type { Service } from "../net/service.ts";
import type { Action, Direction, Modes } from "../policy/policy.ts";

export interface HostPolicy {
  readonly formatVersion: 1;
  readonly host: string;
  /** The host's own addresses, canonical text. */
  readonly addresses: readonly string[];
  readonly modes: Modes;
  /** Where the host's agent reaches its server: its own connection there is never judged. Absent where there is none. */
  readonly server?: readonly ServerEnd[];
  /** The groups that the rules below name, by id. */
  readonly groups: Readonly<Record<string, Group>>;
  /** In the policy's order. A deny that matches wins over every allow; among equals the first is the one that is named. */
  readonly rules: readonly HostRule[];
}

/** An end of the server that agents connect to, by TCP. */
export interface ServerEnd {
  /** Canonical text. */
  readonly address: string;
  readonly port: number;
}

export type Group = HostsGroup | BlocksGroup | NamesGroup;

/** The addresses of the hosts of a segment, or of its part with equal `same` labels. */
export interface HostsGroup {
  readonly kind: "hosts";
  readonly segment: string;
  /** The values of the rule's `same` labels that the members share; `{}` for the whole segment. */
  readonly same: Readonly<Record<string, string>>;
  /** Canonical addresses, sorted (IPv4 first, then by number), no duplicates. */
  readonly members: readonly string[];
}

/** The blocks of an `addresses` segment: canonical `a`, `a/n` or `a-b`, sorted, disjoint. */
export interface BlocksGroup {
  readonly kind: "blocks";
  readonly segment: string;
  readonly blocks: readonly string[];
}

/** DNS names that the enforcing host resolves itself. */
export interface NamesGroup {
  readonly kind: "names";
  readonly segment: string;
  readonly names: readonly string[];
}

/** The part of a rule in the policy that one judgement on one host consists of. */
export interface HostRule {
  readonly direction: Direction;
  readonly action: Action;
  readonly rule: RuleRef;
  readonly service: Service;
  /** Narrows the rule to a part of this host; absent fields do not narrow. */
  readonly local: LocalPart;
  /** The other end: the rule matches if any of them does. Narrowing to a unit or user there is not seen from here. */
  readonly peers: readonly AddressesOf[];
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly expires?: number;
}

/** Names a rule in the policy's text. */
export interface RuleRef {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly note?: string;
}

export interface LocalPart {
  /** Only these of the host's addresses, for a rule that names addresses and not hosts. */
  readonly within?: AddressesOf;
  /** Only processes of this systemd unit. */
  readonly unit?: string;
  /** Only processes of this account (egress only). */
  readonly user?: string;
}

/** A set of addresses: everything, a group, or one literal block (canonical `a`, `a/n` or `a-b`). */
export type AddressesOf =
  | { readonly kind: "any" }
  | { readonly kind: "group"; readonly group: string }
  | { readonly kind: "block"; readonly block: string };
