/** A policy with all that the lab derives from it: who lives there, what will be tried, and what is promised of it. */

import * as fs from "node:fs/promises";
import { readPolicyFiles, type SourceFile } from "@bulkhead/shared/policy/files.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import { formatProblem } from "@bulkhead/shared/policy/problem.ts";
import { evaluate } from "@bulkhead/shared/rules/evaluate.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import type { Attempt, Promised } from "./attempts.ts";
import { type Population, populate } from "./population.ts";
import { flowService } from "./services.ts";

/** A unit that no policy can name. */
const NO_UNIT = "";

/** The policy is wrong; the message holds every problem. */
export class InvalidPolicy extends Error {}

export interface Scenario {
  readonly files: readonly SourceFile[];
  readonly policy: Policy;
  readonly resolved: ResolvedPolicy;
  readonly population: Population;
}

/** Reads a policy's files. Throws InvalidPolicy where one cannot be read. */
export async function readScenario(path: string, more: readonly SourceFile[] = []): Promise<Scenario> {
  const { files, problems } = await readPolicyFiles(fs, [path]);
  if (problems.length > 0) throw new InvalidPolicy(problems.map(formatProblem).join("\n"));
  return scenarioOf([...files, ...more]);
}

/** Throws InvalidPolicy. */
export function scenarioOf(files: readonly SourceFile[]): Scenario {
  const { policy, problems } = parsePolicy([...files]);
  if (policy === undefined) throw new InvalidPolicy(problems.map(formatProblem).join("\n"));
  if (policy.hosts.size === 0)
    throw new InvalidPolicy("the policy has no hosts: the lab builds those that its `hosts` section names");
  const inventory = buildInventory(policy);
  const membersOf = (segment: string) => inventory.members(segment).map(({ name }) => name);
  return {
    files,
    policy,
    resolved: resolvePolicy(policy, inventory),
    population: populate(policy, membersOf),
  };
}

/** What the policy says of an attempt now: through, or not, and by which rules. `listener`: the unit that serves it; nobody in particular where it is undefined. */
export function promise({ resolved }: Scenario, attempt: Attempt, listener: string | undefined): Promised {
  const { from, source, destination, probe, family } = attempt;
  const flow = {
    source,
    destination,
    ...flowService(probe, family),
    ...(from.unit === undefined ? {} : { unit: from.unit }),
    listener: listener ?? NO_UNIT,
    now: Date.now(),
  };
  const { verdict, egress, ingress } = evaluate(resolved, flow);
  const judgements = [egress, ingress].flatMap((judgement) => judgement ?? []);
  return {
    passes: verdict !== "deny",
    why: judgements.map(({ host, why }) => `${host}: ${why}`).join("; "),
    rules: [...new Set(judgements.flatMap(({ rule }) => (rule === null ? [] : [rule.name])))],
  };
}

/** More hosts for the example, in its own style, until it has `count`. */
export function moreHosts(count: number, present: number): SourceFile[] {
  if (count <= present) return [];
  const lines = Array.from({ length: count - present }, (_, n) => {
    const number = n + 3;
    return `  web-${number}: { addresses: [10.7.1.${number}, "fd07::1:${number}"], labels: { role: web, env: prod } }`;
  });
  return [{ name: "more-hosts.yaml", text: `hosts:\n${lines.join("\n")}\n` }];
}
