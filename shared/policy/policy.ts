/** The policy as its author meant it: names resolved, numbers parsed, every noun with the place where it was written. */

import type { AddressRange } from "../net/range.ts";
import type { Service } from "../net/service.ts";
import type { Place } from "./place.ts";

export type Direction = "ingress" | "egress";
export type Action = "allow" | "deny";
export type Mode = "enforce" | "observe" | "off";

/** A mode for each direction. */
export interface Modes {
  readonly ingress: Mode;
  readonly egress: Mode;
}

export interface Policy {
  /** The top-level `mode`, for hosts whose segments name none. */
  readonly mode: Modes;
  readonly segments: ReadonlyMap<string, Segment>;
  readonly services: ReadonlyMap<string, NamedService>;
  /** In the order of files (sorted by name) and lines. The order has no meaning; it only makes answers repeatable. */
  readonly rules: readonly Rule[];
  readonly hosts: ReadonlyMap<string, Host>;
  readonly tests: readonly PolicyTest[];
  /** What must hold for every host and every address; in the order of files and lines, those of `never` first. */
  readonly invariants: readonly Invariant[];
}

export type Segment = SelectSegment | AddressSegment | NameSegment;

export interface SelectSegment {
  readonly kind: "select";
  readonly name: string;
  readonly place: Place;
  readonly selector: Selector;
  /** What this segment says of the mode, for each direction apart; a missing direction has no say. */
  readonly mode: Partial<Modes>;
}

export interface AddressSegment {
  readonly kind: "addresses";
  readonly name: string;
  readonly place: Place;
  /** Sorted, disjoint, not adjacent; IPv4 first. */
  readonly ranges: readonly AddressRange[];
}

export interface NameSegment {
  readonly kind: "names";
  readonly name: string;
  readonly place: Place;
  /** DNS names, lower case, without the trailing dot. */
  readonly names: readonly string[];
}

/** A label selector: all of its requirements must hold. */
export interface Selector {
  readonly text: string;
  readonly requirements: readonly Requirement[];
}

export type Requirement =
  | { readonly operator: "in" | "notin"; readonly label: string; readonly values: readonly string[] }
  | { readonly operator: "exists" | "absent"; readonly label: string };

export interface NamedService {
  readonly name: string;
  readonly place: Place;
  readonly service: Service;
}

export interface Rule {
  /** Its `name`, or `FILE:LINE`; unique in the policy. */
  readonly name: string;
  readonly place: Place;
  readonly action: Action;
  readonly service: Service;
  /** The services as the author wrote them (`["https", "tcp/22"]`), for words and tables. */
  readonly serviceText: readonly string[];
  readonly from: readonly Endpoint[];
  readonly to: readonly Endpoint[];
  /** Labels that both ends carry with equal values; empty where the rule has no `same`. */
  readonly same: readonly string[];
  /** Milliseconds since 1970-01-01T00:00Z; from then on the rule is not there. */
  readonly expires?: number;
  readonly note?: string;
}

/** The built-in segments, whose names are reserved. */
export const ANY = "any";
export const ANY_HOST = "any-host";

export type Endpoint = SegmentEndpoint | AddressEndpoint;

export interface SegmentEndpoint {
  readonly kind: "segment";
  /** A segment of the policy, or one of the built-in ones. */
  readonly segment: string;
  readonly place: Place;
  /** A systemd unit's name (`shop.service`). */
  readonly unit?: string;
  /** A local account's name; only in `from`. */
  readonly user?: string;
}

export interface AddressEndpoint {
  readonly kind: "addresses";
  readonly text: string;
  readonly place: Place;
  readonly range: AddressRange;
}

export interface Host {
  readonly name: string;
  readonly place: Place;
  /** Canonical text (RFC 5952 for IPv6), at least one, in the author's order. */
  readonly addresses: readonly string[];
  /** Without the label `host`, which every host carries with its own name. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface PolicyTest {
  readonly place: Place;
  /** A host's name, an address, or a segment's name. */
  readonly from: string;
  readonly to: string;
  readonly unit?: string;
  readonly user?: string;
  readonly allow: readonly TestedService[];
  readonly deny: readonly TestedService[];
}

/** What nobody may ever do (`never`), or everybody must be able to do (`always`). */
export interface Invariant {
  readonly kind: "never" | "always";
  /** Its `name`, or `FILE:LINE`. */
  readonly name: string;
  readonly place: Place;
  /** Each a host's name, a segment's, a DNS name, an address or a block; all of them together are meant. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** As the author wrote them; `all` where nothing was said. */
  readonly serviceText: readonly string[];
  readonly service: Service;
  /** Of the sender; without them, every process is meant. */
  readonly unit?: string;
  readonly user?: string;
}

export interface TestedService {
  readonly text: string;
  readonly place: Place;
  readonly service: Service;
}
