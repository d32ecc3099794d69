/** Policies of tests, in short. */

import { compile } from "@bulkhead/shared/nft/compile.ts";
import { NO_FACTS } from "@bulkhead/shared/nft/facts.ts";
import { render } from "@bulkhead/shared/nft/render.ts";
import type { Stamp } from "@bulkhead/shared/nft/ruleset.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { formatProblem } from "@bulkhead/shared/policy/problem.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import type { Host } from "../estate/host.ts";

/** A policy in short: its rules, and the hosts that are managed. Every managed host is in the segment `managed`. */
export interface ShortPolicy {
  readonly rules: readonly Record<string, unknown>[];
  readonly managed: readonly Host[];
  readonly mode?: unknown;
  readonly segments?: Readonly<Record<string, unknown>>;
}

/** One rule a line, and all else on lines of its own, so that a change of members moves no rule to another line. */
export function policyText({ rules, managed, mode = "enforce", segments = {} }: ShortPolicy): string {
  const hosts = Object.fromEntries(managed.map(({ name, addresses }) => [name, { addresses }]));
  const sections = { mode, segments: { managed: { select: "host" }, ...segments }, hosts };
  const lines = Object.entries(sections).map(([name, value]) => `"${name}": ${JSON.stringify(value)},\n`);
  return `{\n${lines.join("")}"rules": [\n${rules.map((rule) => JSON.stringify(rule)).join(",\n")}\n]\n}\n`;
}

/** What the policy means for one of its hosts. */
export function hostPolicyFor(host: Host, policy: ShortPolicy): HostPolicy {
  const { policy: parsed, problems } = parsePolicy([{ name: "policy.json", text: policyText(policy) }]);
  if (!parsed) throw new Error(problems.map(formatProblem).join("\n"));
  return resolvePolicy(parsed, buildInventory(parsed)).hostPolicy(host.name);
}

/** The table that the policy compiles to, for controls that load it without the agent's care. */
export function tableFor(host: Host, policy: ShortPolicy, stamp: Stamp): string {
  const options = { stamp, log: { to: "nowhere" }, digest: "control" } as const;
  return render(compile(hostPolicyFor(host, policy), NO_FACTS, options));
}

/** Loads a table in place of ours, as somebody would who knows nothing of stamps and flows. */
export async function loadBare(host: Host, table: string): Promise<void> {
  await host.run(["nft", "-f", "-"], { input: `table inet bulkhead\ndelete table inet bulkhead\n${table}` });
}
