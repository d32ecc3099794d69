/** Who can reach whom under a large policy, exactly, and what changes of it with a rule: beside reading it and making what each host enforces. */

import { idleRules } from "@bulkhead/shared/advice/idle-rules.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { matrix } from "@bulkhead/shared/rules/matrix.ts";
import { compareReach, reach } from "@bulkhead/shared/rules/reach.ts";
import { type ResolvedPolicy, resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { type EstateSize, estateFiles } from "./estates.ts";
import type { Benchmark, Measurement } from "./measure.ts";

const SIZES: readonly EstateSize[] = [
  { segments: 250, rules: 1_250, hosts: 750 },
  { segments: 1_000, rules: 5_000, hosts: 3_000 },
];

const CHANGES = {
  "one rule's service": (text: string) => text.replace("rule-1, allow: tcp/", "rule-1, allow: udp/"),
  "the ports of a service of a third of the rules": (text: string) => text.replace("tcp/5432", "tcp/5433"),
  "a rule for everybody": (text: string) =>
    text.replace("rules:\n", "rules:\n  - { name: new, allow: tcp/9999, from: any, to: any-host }\n"),
} as const;

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  return SIZES.flatMap((size) => {
    tell(`${size.segments} segments`);
    const [resolved, floor] = timed(() => compiled(size));
    const words = `${size.segments.toLocaleString("en")} segments and ${size.rules.toLocaleString("en")} rules`;
    const line = (name: string, work: () => readonly unknown[]): Measurement => {
      const [told, value] = timed(work);
      if (told.length === 0) throw new Error(`nothing was told of ${name}`);
      const peer = { peer: "the cold compile of the same", peerValue: floor, ratio: value / floor };
      return { name: `${name}, ${words}`, value, unit: "s", ...peer };
    };
    const changes = Object.entries(CHANGES).map(([name, edit]) => {
      const next = compiled(size, edit);
      return line(`what changes with ${name}`, () => compareReach(resolved, next).gained);
    });
    return [
      line("exact reach", () => reach(resolved)),
      line("matrix", () => matrix(resolved).entries),
      line("redundant rules", () => [idleRules(resolved)]),
      ...changes,
    ];
  });
}

function timed<T>(work: () => T): readonly [result: T, seconds: number] {
  const began = performance.now();
  const result = work();
  return [result, (performance.now() - began) / 1000];
}

function compiled(size: EstateSize, edit: (text: string) => string = (text) => text): ResolvedPolicy {
  const files = estateFiles(size).map(({ name, text }) => ({ name, text: edit(text) }));
  const { policy, problems } = parsePolicy(files);
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
