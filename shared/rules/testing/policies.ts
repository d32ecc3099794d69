/** Policies for tests, read by the real parser. */

import { parsePolicy } from "../../policy/parse.ts";
import type { Policy } from "../../policy/policy.ts";
import { formatProblem } from "../../policy/problem.ts";
import { buildInventory } from "../../segments/inventory.ts";
import { type ResolvedPolicy, resolvePolicy } from "../resolve.ts";

/** Reads one file called `policy.yaml`, which must have no errors. */
export function policyOf(text: string): Policy {
  const { policy, problems } = parsePolicy([{ name: "policy.yaml", text }]);
  if (policy === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  return policy;
}

export function resolved(text: string, options: { now?: number } = {}): ResolvedPolicy {
  const policy = policyOf(text);
  return resolvePolicy(policy, buildInventory(policy), options);
}
