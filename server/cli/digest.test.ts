import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
// A test may look at both; the programs themselves never know each other.
import { digestOf as agentsDigestOf } from "../../agent/apply/generation.ts";
import { digestOf } from "./digest.ts";
import { readPolicy, resolve } from "./load-policy.ts";

test("a policy has the name here that it has on its host", async () => {
  const { policy } = await readPolicy([fileURLToPath(new URL("../../examples/shop", import.meta.url))], 0);
  if (policy === undefined) throw new Error("the example policy is invalid");
  const resolved = resolve(policy, 0);
  const names = [...resolved.hosts.keys()];
  for (const name of names)
    expect(digestOf(resolved.hostPolicy(name))).toBe(agentsDigestOf(resolved.hostPolicy(name)));
  expect(new Set(names.map((name) => digestOf(resolved.hostPolicy(name)))).size).toBe(names.length);
});
