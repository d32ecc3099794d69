import type { HostPolicy } from "../rules/host-policy.ts";
import { aboutChain } from "./about.ts";
import { hookChain, neverJudgedChain } from "./base-chains.ts";
import { refusal } from "./denial.ts";
import type { HostFacts } from "./facts.ts";
import { SetCatalogue } from "./group-sets.ts";
import { judgingChains } from "./judging.ts";
import type { LogTarget, Ruleset, Stamp } from "./ruleset.ts";
import { currentChain, PERMIT, PERMIT_EGRESS, permitChain, permitEgressChain } from "./stamp-chains.ts";

export interface CompileOptions {
  readonly stamp: Stamp;
  readonly log: LogTarget;
  /** Names the policy in the kernel; without white space. */
  readonly digest: string;
}

/** A host's policy and what only the host knows, as the table of the kernel. The same input gives the same tree. */
export function compile(policy: HostPolicy, facts: HostFacts, options: CompileOptions): Ruleset {
  const { stamp, log, digest } = options;
  const sets = new SetCatalogue(policy, facts);
  const asksAccounts = policy.rules.some(
    ({ direction, local }) => direction === "egress" && local.user !== undefined,
  );
  const judging = { sets, log } as const;
  return Object.freeze({
    sets: sets.sets,
    chains: [
      // First what a transaction keeps, so that a changed table lists as a fresh one does.
      hookChain("input", policy.modes.ingress),
      hookChain("output", policy.modes.egress),
      aboutChain({ digest, host: policy.host }),
      neverJudgedChain("in"),
      neverJudgedChain("out"),
      currentChain(stamp),
      permitChain(stamp),
      ...(asksAccounts ? [permitEgressChain()] : []),
      ...judgingChains(policy, { ...judging, direction: "ingress", permit: PERMIT }),
      ...judgingChains(policy, {
        ...judging,
        direction: "egress",
        permit: asksAccounts ? PERMIT_EGRESS : PERMIT,
      }),
      refusal(),
    ],
  });
}
