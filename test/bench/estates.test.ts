import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { judge } from "@bulkhead/shared/rules/judge.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { expect, test } from "vitest";
import { ASKED_PORT, estateFiles, hostPolicyOfSize } from "./estates.ts";

const ENDS = { peer: "10.255.0.1", host: "10.254.0.1" };

test("an estate of any size is a valid policy with as much in it as was asked for", () => {
  const { policy, problems } = parsePolicy(estateFiles({ segments: 30, rules: 150, hosts: 200 }));
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  if (policy === undefined) throw new Error("no policy");
  expect([policy.segments.size, policy.rules.length, policy.hosts.size]).toEqual([30, 150, 200]);
  const resolved = resolvePolicy(policy, buildInventory(policy));
  const rules = [...policy.hosts.keys()].map((host) => resolved.hostPolicy(host).rules.length);
  expect(Math.min(...rules)).toBeGreaterThan(0);
});

test("it is the same estate each time", () => {
  const size = { segments: 9, rules: 20, hosts: 30 };
  expect(estateFiles(size)).toEqual(estateFiles(size));
});

test("what the benchmarks connect to is allowed by the last rule, and only from the caller", () => {
  const policy = hostPolicyOfSize({ rules: 100, members: 1_000, groups: 10, ports: 25 }, ENDS);
  const flow = { direction: "ingress", destination: ENDS.host, protocol: 6, number: ASKED_PORT } as const;
  expect(judge(policy, { ...flow, source: ENDS.peer }).rule?.name).toBe("rule-99");
  expect(judge(policy, { ...flow, source: "10.200.0.1" }).verdict).toBe("deny");
});
