import type { Mode } from "../policy/policy.ts";
import type { HostPolicy } from "../rules/host-policy.ts";
import { aboutChain } from "./about.ts";
import { hookChain, neverJudgedChain } from "./base-chains.ts";
import { refusal } from "./denial.ts";
import type { HostFacts } from "./facts.ts";
import { SetCatalogue } from "./group-sets.ts";
import { judgingChains } from "./judging.ts";
import { ALLOWED, allowedChain, overtakenChain } from "./overtaken.ts";
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
  const { modes } = policy;
  const judged = DIRECTIONS.flatMap((direction) => (modes[direction] === "off" ? [] : [modes[direction]]));
  const permits = { ingress: permitOf(modes.ingress), egress: permitOf(modes.egress) };
  return Object.freeze({
    sets: sets.sets,
    chains: [
      // First what a transaction keeps, so that a changed table lists as a fresh one does.
      hookChain("input", modes.ingress),
      hookChain("output", modes.egress),
      aboutChain({ digest, host: policy.host }),
      neverJudgedChain("in"),
      neverJudgedChain("out"),
      currentChain(stamp),
      permitChain(stamp),
      ...(judged.includes("enforce") ? [allowedChain()] : []),
      ...[...new Set(judged)].map(overtakenChain),
      ...(asksAccounts ? [permitEgressChain(permits.egress)] : []),
      ...judgingChains(policy, { sets, log, direction: "ingress", permit: permits.ingress }),
      ...judgingChains(policy, {
        sets,
        log,
        direction: "egress",
        permit: asksAccounts ? PERMIT_EGRESS : permits.egress,
      }),
      refusal(),
    ],
  });
}

const DIRECTIONS = ["ingress", "egress"] as const;

/** The chain that accepts for good. Where nothing is stopped, nothing can slip through either. */
function permitOf(mode: Mode): string {
  return mode === "enforce" ? ALLOWED : PERMIT;
}
