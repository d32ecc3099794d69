/** What a test may break in a fake kernel, and what the fake machine is like. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ErrorCode } from "@bulkhead/shared/errors/catalogue.ts";
import type { HostFacts } from "@bulkhead/shared/nft/facts.ts";
import type { Socket } from "../kernel.ts";

export interface Knobs {
  /** Why nothing of nft works, such as `kernel/nft-missing`; undefined while it does. */
  nftFails: ErrorCode | undefined;
  /** Milliseconds that each run of nft takes. */
  slowNft: number;
  /** The next one fails so, once, and changes nothing. */
  failNextCheck: ErrorCode | undefined;
  failNextLoad: ErrorCode | undefined;
  failNextRead: ErrorCode | undefined;
  failNextMemberChange: ErrorCode | undefined;
  /** The next load is committed, and then nft is killed: `kernel/nft-killed` although it happened. */
  loseNextAnswer: boolean;
  /** Conntrack entries that the kernel could not deliver in a dump. */
  lostConntrackEntries: number;
  /** What the machine is. */
  name: string;
  addresses: readonly string[];
  facts: HostFacts;
  sockets: readonly Socket[];
  /** Seconds that are left of a probation in the table. */
  secondsLeft: number;
}

type Failing = "failNextCheck" | "failNextLoad" | "failNextRead" | "failNextMemberChange";

/** Throws what this knob asks for, and turns it back. */
export function failOnce(knobs: Knobs, knob: Failing): void {
  const code = knobs[knob];
  knobs[knob] = undefined;
  if (code !== undefined) throw new BulkheadError(code, `the fake kernel was told to fail: ${knob}`);
}
