import { expect, test } from "vitest";
import { ADMINS, ORDERS, policyOfDb } from "./fixtures/policies.ts";
import { isUnchanged, policyChanges } from "./policy-changes.ts";

test("a first policy is all new rules", () => {
  const { rules, members, modes } = policyChanges(undefined, policyOfDb());
  expect(rules.added.map(({ rule }) => rule.name)).toEqual(["orders", "admins"]);
  expect([members, modes]).toEqual([[], undefined]);
});

test("rules that come, go and change are told apart by their names", () => {
  const { rules } = policyChanges(
    policyOfDb({ rules: [ORDERS, ADMINS] }),
    policyOfDb({
      rules: [
        { ...ORDERS, allow: "tcp/6432" },
        { name: "backup", allow: "tcp/22", from: "10.9.9.9", to: "db" },
      ],
    }),
  );
  const names = (lines: typeof rules.added) => lines.map(({ rule, services }) => `${rule.name} ${services}`);
  expect([names(rules.added), names(rules.removed), names(rules.changed)]).toEqual([
    ["backup tcp/22"],
    ["admins tcp/22"],
    ["orders tcp/6432"],
  ]);
});

test("rules that only moved in the text are counted, named or not", () => {
  const unnamed = { allow: "tcp/80", from: "any", to: "db" };
  const other = { name: "other", allow: "tcp/81", from: "any", to: "db" };
  const { rules } = policyChanges(
    policyOfDb({ rules: [unnamed, ORDERS] }),
    policyOfDb({ rules: [other, unnamed, ORDERS] }),
  );
  expect(new Set(rules.added.map(({ rule }) => rule.name))).toEqual(new Set(["other"]));
  expect([rules.removed, rules.changed]).toEqual([[], []]);
  // Both directions of the unnamed one, and `orders`.
  expect(rules.moved).toBe(3);
});

test("members that come and go are named with their group", () => {
  const changes = policyChanges(policyOfDb({ web: ["10.0.0.11"] }), policyOfDb({ web: ["10.0.0.12"] }));
  expect(changes.members).toEqual([{ group: "web", added: ["10.0.0.12"], removed: ["10.0.0.11"] }]);
});

test("modes that change are named, and equal policies are unchanged", () => {
  expect(policyChanges(policyOfDb({ mode: "observe" }), policyOfDb()).modes).toEqual({
    from: { ingress: "observe", egress: "observe" },
    to: { ingress: "enforce", egress: "enforce" },
  });
  expect(isUnchanged(policyChanges(policyOfDb(), policyOfDb()))).toBe(true);
});
