/** What of a policy nothing has used. Plain JSON; moments are milliseconds since 1970-01-01T00:00Z. */

import type { Place } from "../policy/place.ts";
import type { Action } from "../policy/policy.ts";

export interface Unused {
  readonly rules: readonly UnusedRule[];
  readonly segments: readonly UnusedNoun[];
  /** Of segments that are used: hosts and addresses that had no part in it. */
  readonly members: readonly UnusedMember[];
  readonly services: readonly UnusedService[];
  /** Rules that were used, and all that there are (without those that have expired). */
  readonly used: { readonly rules: number; readonly ofRules: number };
}

/** How far the record can tell. */
export type Known =
  /** Nothing has used it from this moment on, and whoever would have seen it was there to see it. */
  | { readonly kind: "unused"; readonly since: number; readonly why: string }
  /** Nothing was recorded, and something may have been missed. */
  | { readonly kind: "not-known"; readonly why: string }
  /** Nothing can use it, as no rule names it. */
  | { readonly kind: "not-named"; readonly why: string };

export interface UnusedNoun {
  readonly name: string;
  readonly place: Place;
  readonly known: Known;
}

export interface UnusedRule extends UnusedNoun {
  readonly action: Action;
  readonly note: string | null;
}

export interface UnusedMember {
  readonly segment: string;
  /** The name of a host, or a block. */
  readonly member: string;
  readonly kind: "host" | "block";
  readonly known: Known;
}

export interface UnusedService extends UnusedNoun {
  /** Those that nothing used, where others of it were; empty where it is the whole service. */
  readonly parts: readonly string[];
}

/** How a host of the estate was there to see. */
export interface Watcher {
  readonly host: string;
  /** From when on it could report. */
  readonly since: number;
  /** What may be missing of what it saw since; undefined where nothing is. */
  readonly gap: string | undefined;
}
