/** Who can reach whom under a large policy, exactly: beside reading it and making what each host enforces. */

import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { reach } from "@bulkhead/shared/rules/reach.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { estateFiles } from "./estates.ts";
import type { Benchmark, Measurement } from "./measure.ts";

const SIZES = [
  { segments: 250, rules: 1_250, hosts: 250 },
  { segments: 1_000, rules: 5_000, hosts: 1_000 },
] as const;

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  return SIZES.map((size) => {
    tell(`${size.segments} segments`);
    const began = performance.now();
    const resolved = compiled(size);
    const ready = performance.now();
    const told = reach(resolved).length;
    const ended = performance.now();
    if (told === 0) throw new Error("nobody reaches anybody");
    const [value, peerValue] = [(ended - ready) / 1000, (ready - began) / 1000];
    return {
      name: `exact reach of ${size.segments.toLocaleString("en")} segments and ${size.rules.toLocaleString("en")} rules`,
      ...{ value, unit: "s", peer: "the cold compile of the same", peerValue, ratio: value / peerValue },
    };
  });
}

function compiled(size: (typeof SIZES)[number]): ResolvedPolicy {
  const { policy, problems } = parsePolicy(estateFiles(size));
  if (policy === undefined) throw new Error(problems[0]?.message);
  const resolved = resolvePolicy(policy, buildInventory(policy));
  for (const host of policy.hosts.keys()) resolved.hostPolicy(host);
  return resolved;
}

export const reaching: Benchmark = {
  name: "reach",
  about: "who can reach whom under a large policy",
  by: "anybody",
  run,
};
