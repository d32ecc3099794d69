import { expect, test } from "vitest";
import { hostPolicyOfSize } from "./estates.ts";
import { CALLER_ADDRESS, Road } from "./road.ts";
import { bulkheadRuleset, CONNTRACK_ALONE, linearRuleset } from "./rulesets.ts";

const policy = hostPolicyOfSize(
  { rules: 20, members: 100, groups: 4, ports: 5 },
  { peer: CALLER_ADDRESS, host: "10.254.0.1" },
);

test("every ruleset that is compared lets the benchmark's traffic through", async () => {
  const rulesets = {
    conntrack: CONNTRACK_ALONE,
    bulkhead: bulkheadRuleset(policy),
    linear: linearRuleset(policy),
    closed:
      "table inet closed {\n  chain input {\n    type filter hook input priority filter; policy drop;\n  }\n}\n",
  };
  await using road = await Road.build(rulesets);
  for (const name of ["conntrack", "bulkhead", "linear"] as const) {
    expect(await road.connections(name, 100), name).toBeGreaterThan(0);
    expect(await road.answers(name, 100), name).toBeGreaterThan(0);
    expect(await road.flows(name, 1_000), name).toBeGreaterThan(0);
    expect(await road.packets(name, 1_000), name).toBeGreaterThan(0);
  }
  // The control: what arrives is counted behind the firewall.
  expect(await road.flows("closed", 1_000)).toBe(0);
});
