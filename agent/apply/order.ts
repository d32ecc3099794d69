/** What is to be put into the kernel, and what came of it. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import { DEFAULT_MARK_MASK, type LogTarget, type Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import type { Generation } from "./generation.ts";
import type { NamedCut } from "./sessions.ts";
import type { Situation } from "./settle.ts";

/** What is asked for. Where it says nothing of log and mask, they stay as they are. */
export interface Wish {
  readonly policy: HostPolicy;
  readonly log?: LogTarget;
  /** The part of the conntrack mark that is ours. */
  readonly mask?: number;
  /** What the host knew when it had this policy before; without it, what it knows under the policy that is in force. */
  readonly facts?: HostFacts;
  /** Puts it on probation. */
  readonly confirmWithinSeconds?: number;
  /** Where this very policy is on probation already, its clock runs on. */
  readonly keepsClock?: boolean;
  /** Keeps this stamp: the policy's rules are in the kernel already, beside others, and its flows shall not be asked again. */
  readonly stamp?: Stamp;
  /**
   * Somebody else has just changed the table, and until it is right what must not pass may pass: nothing is asked before it is loaded that is known, or that can be known afterwards. So nothing is
   * adopted either, as the table was there a moment ago.
   */
  readonly urgent?: boolean;
  /** The whole table anew, even where a change of members would do. */
  readonly wholeTable?: boolean;
}

/** A wish with every setting. */
export interface Order extends Wish {
  readonly log: LogTarget;
  readonly mask: number;
}

/** Settings stay what they were under the policy that is in force, or was loaded last. */
export function orderFor(wish: Wish, { trial, held, current }: Situation): Order {
  const before = trial?.generation ?? held ?? current;
  const { log = before?.log ?? { to: "kernel" }, mask = before?.stamp.mask ?? DEFAULT_MARK_MASK } = wish;
  return { ...wish, log, mask };
}

export interface Installed {
  readonly outcome: "applied" | "on-probation" | "unchanged";
  /** How it got there: nothing was touched, only members changed, or the table was written anew. */
  readonly way: "nothing" | "members" | "table";
  readonly generation: Generation;
  /** What was in force before; undefined where nothing was, or nobody knows what. */
  readonly from: Generation | undefined;
  /** Whether there was a table of ours before, and whether the state knew it. */
  readonly before: "nothing" | "known" | "unknown";
  /** Connections that lose their permission. */
  readonly cuts: readonly NamedCut[];
  /** Connections that began before conntrack ran, of which it knows now. */
  readonly adopted: number;
  readonly notes: readonly BulkheadError[];
}
