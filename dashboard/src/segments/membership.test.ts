import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { parseSelector } from "@bulkhead/shared/policy/selector.ts";
import { expect, test } from "vitest";
import { generalRules, namingsOf, reasons } from "./membership.ts";

function selector(text: string) {
  const parsed = parseSelector(text);
  if (!("selector" in parsed)) throw new Error(parsed.problem);
  return parsed.selector;
}

test("each thing that a selector requires is told with the label that meets it, or that there is none", () => {
  const labels = { role: "db", env: "prod" };
  expect(reasons(selector("role=db, env in (prod, test), env!=dev, !legacy"), labels)).toEqual([
    "role=db",
    "env=prod",
    "no label legacy",
  ]);
});

test("rules, invariants and tests that name a segment are found at either end; what is for everybody is counted", () => {
  const text = `segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db, note: "the shop's orders" }
  - { name: front, allow: tcp/443, from: any, to: web }
  - { name: watch, allow: tcp/9100, from: 10.0.0.9, to: any-host }
never: [{ name: walled, from: any, to: db, service: tcp/22 }]
tests: [{ from: web, to: db, allow: tcp/5432 }]
`;
  const { policy } = parsePolicy([{ name: "p.yaml", text }]);
  if (policy === undefined) throw new Error("no policy");
  expect(namingsOf(policy, "db").map(({ what, name, says }) => `${what} ${name}: ${says}`)).toEqual([
    "rule orders: allow tcp/5432",
    "never walled: never tcp/22",
    "test p.yaml:9: allow tcp/5432",
  ]);
  expect(generalRules(policy, "db")).toBe(2);
  expect(generalRules(policy, "web")).toBe(1);
});
