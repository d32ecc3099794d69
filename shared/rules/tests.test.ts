import { expect, test } from "vitest";
import { resolved } from "./testing/policies.ts";
import { runPolicyTests, type TestResult } from "./tests.ts";

const POLICY = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
  none: { select: "role=none" }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
  - { name: api, allow: tcp/80, from: { segment: web, unit: api.service }, to: db }
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web } }
  web-2: { addresses: [10.0.0.12], labels: { role: web } }
  db-1: { addresses: [10.0.0.21], labels: { role: db } }
  bastion: { addresses: [10.0.0.31] }
  other: { addresses: [10.0.0.32] }
tests:
`;

function run(tests: string, policy = POLICY): readonly TestResult[] {
  return runPolicyTests(resolved(`${policy}  - ${tests}\n`));
}

const outcomes = (results: readonly TestResult[]) =>
  results.map(({ expected, service, passed }) => `${expected} ${service}: ${passed ? "passed" : "failed"}`);

test("every service of a test is one result, at its own place", () => {
  const results = run("{ from: web-1, to: db-1, allow: [tcp/5432, tcp/22], deny: [udp/53] }");
  expect(outcomes(results)).toEqual([
    "allow tcp/5432: passed",
    "allow tcp/22: failed",
    "deny udp/53: passed",
  ]);
  expect(results[1]?.place).toMatchObject({ file: "policy.yaml", line: 16, column: 48 });
});

test("a failure says what came out, and who decided", () => {
  expect(run("{ from: web-1, to: db-1, allow: [tcp/22] }")[0]).toMatchObject({
    from: "web-1",
    to: "db-1",
    verdict: "deny",
    reasons: [
      "no rule allows tcp/22 from web-1 to db-1; web-1 enforces egress",
      "no rule allows tcp/22 from web-1 to db-1; db-1 enforces ingress",
    ],
  });
  expect(run("{ from: web-1, to: db-1, deny: [tcp/5432] }")[0]).toMatchObject({
    verdict: "allow",
    reasons: [
      "orders (policy.yaml:7) allows tcp/5432 from web-1 to db-1",
      "orders (policy.yaml:7) allows tcp/5432 from web-1 to db-1",
    ],
  });
});

test("of a segment all members must get through, and none may", () => {
  const denying = POLICY.replace(
    "rules:",
    "rules:\n  - { name: not-2, deny: tcp/5432, from: 10.0.0.12, to: any }",
  );
  const results = run("{ from: web, to: db, allow: [tcp/5432], deny: [tcp/5432] }", denying);
  expect(outcomes(results)).toEqual(["allow tcp/5432: failed", "deny tcp/5432: failed"]);
  expect(results.map(({ verdict }) => verdict)).toEqual(["deny", "allow"]);
  expect(results.map(({ failures }) => failures.map(({ from }) => from))).toEqual([[["web-2"]], [["web-1"]]]);
});

test("of a range all ports must get through, and none may", () => {
  const results = run("{ from: web-1, to: db-1, allow: [tcp/5432-5433], deny: [tcp/5432-5433, all] }");
  expect(outcomes(results)).toEqual([
    "allow tcp/5432-5433: failed",
    "deny tcp/5432-5433: failed",
    "deny all: failed",
  ]);
});

test("what is never judged is no part of all", () => {
  expect(outcomes(run("{ from: db-1, to: web-1, deny: [all] }"))).toEqual(["deny all: passed"]);
});

test.each(["observe", "off"])("would be denied counts as denied, also where the mode is %s", (mode) => {
  const policy = `mode: ${mode}\n${POLICY}`;
  const [denied, allowed] = run(
    "{ from: web-1, to: db-1, deny: [tcp/22], allow: [tcp/5432] }",
    policy,
  ).toReversed();
  expect([denied, allowed].map((result) => result?.passed)).toEqual([true, true]);
  expect(denied?.verdict).toBe("would-deny");
});

test("of hosts in no select segment the policy says nothing, so nothing is denied there", () => {
  const results = run("{ from: bastion, to: other, allow: [tcp/22], deny: [tcp/23] }");
  expect(outcomes(results)).toEqual(["allow tcp/22: passed", "deny tcp/23: failed"]);
});

test("a test may ask for a unit of the sender", () => {
  expect(outcomes(run("{ from: web-1, to: db-1, unit: api.service, allow: [tcp/80] }"))).toEqual([
    "allow tcp/80: passed",
  ]);
  expect(outcomes(run("{ from: web-1, to: db-1, deny: [tcp/80] }"))).toEqual(["deny tcp/80: passed"]);
});

test("a test of nobody passes and says so", () => {
  const [result] = run("{ from: none, to: db, allow: [tcp/22] }");
  expect(result).toMatchObject({
    passed: true,
    reasons: ["'none' or 'db' has no members, so nothing was asked"],
  });
});

test("where no host judges, that is the reason", () => {
  const [result] = run("{ from: 192.0.2.1, to: 192.0.2.2, deny: [tcp/22] }");
  expect(result?.reasons).toEqual(["no host judges what passes from 192.0.2.1 to 192.0.2.2"]);
});
