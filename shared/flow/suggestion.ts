/** What a suggestion is made of. */

import type { Direction } from "../policy/policy.ts";
import type { LeftOut } from "./observed.ts";

/** The host on which it was seen. */
export interface SuggestedFor {
  readonly host: string;
  /** Canonical text. */
  readonly addresses: readonly string[];
  /** A `select` segment of the policy that stands for it; undefined where none is known. */
  readonly segment: string | undefined;
}

export interface Suggestion {
  /** YAML that stands beside the existing policy. */
  readonly text: string;
  readonly connections: { readonly seen: number; readonly covered: number; readonly leftOut: number };
  readonly rules: readonly SuggestedRule[];
  readonly leftOut: readonly LeftOut[];
}

export interface SuggestedRule {
  readonly name: string;
  readonly direction: Direction;
  readonly services: readonly string[];
  /** Names of segments, of the policy's and of those suggested; `any`. */
  readonly peers: readonly string[];
  readonly connections: number;
  readonly units: readonly string[];
  readonly last: number;
}

export interface SuggestedSegment {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Names of hosts among them. */
  readonly hosts: readonly string[];
}
