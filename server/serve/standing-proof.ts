/** The proof of the active policy in the running server, with a thread of its own. */

import type { Logger } from "pino";
import { Judging } from "../policy/judging/thread.ts";
import { StandingProof, type StandingProofParts } from "../policy/standing-proof.ts";

export interface RunningProof extends AsyncDisposable {
  readonly proof: StandingProof;
}

export function runStandingProof({
  log,
  ...parts
}: Omit<StandingProofParts, "judging" | "warn"> & { readonly log: Logger }): RunningProof {
  const judging = new Judging();
  const proof = new StandingProof({
    ...parts,
    judging,
    warn: (words, error) => log.warn({ code: "proof", error: String(error) }, words),
  });
  return {
    proof,
    [Symbol.asyncDispose]: async () => {
      proof[Symbol.dispose]();
      await judging[Symbol.asyncDispose]();
    },
  };
}
