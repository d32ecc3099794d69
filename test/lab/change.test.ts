import type { Rule } from "@bulkhead/shared/policy/policy.ts";
import { expect, test } from "vitest";
import { withoutRule } from "./change.ts";
import { scenarioOf } from "./scenario.ts";

const SHOP = `segments:
  web: { select: "role=web" } # a comment
hosts:
  web-1: { addresses: [10.0.0.1], labels: { role: web } }
  web-2: { addresses: [10.0.0.2], labels: { role: web } }
rules:
  - { name: one, allow: tcp/1, from: web, to: web }
  - name: two
    allow: tcp/2
    from: web
    to: web

  - { name: three, allow: tcp/3, from: web,
      to: web }
`;

function without(text: string, name: string): { text: string; lines: readonly string[]; rules: string[] } {
  const files = [{ name: "shop.yaml", text }];
  const rule = scenarioOf(files).policy.rules.find((candidate) => candidate.name === name) as Rule;
  const change = withoutRule(files, rule);
  if (change === undefined) throw new Error("no change");
  const rules = scenarioOf(change.files).policy.rules.map((left) => `${left.name} ${left.place.line}`);
  return { text: change.files[0]?.text ?? "", lines: change.lines, rules };
}

test("a rule of one line is commented out, and every other rule stays on its line", () => {
  const { text, lines, rules } = without(SHOP, "one");
  expect(lines).toEqual(["  - { name: one, allow: tcp/1, from: web, to: web }"]);
  expect(text).toContain("#   - { name: one, ");
  expect(rules).toEqual(["two 8", "three 13"]);
});

test("a rule of several lines goes as a whole, and takes nothing with it", () => {
  expect(without(SHOP, "two").rules).toEqual(["one 7", "three 13"]);
  expect(without(SHOP, "three").rules).toEqual(["one 7", "two 8"]);
});

test("what is not written as list items under one another is left alone", () => {
  const [rule] = scenarioOf([{ name: "shop.yaml", text: SHOP }]).policy.rules;
  const inline = `rules: [{ name: one, allow: tcp/1, from: any, to: any }, { name: two, allow: tcp/2, from: any, to: any }]\n`;
  expect(withoutRule([{ name: "shop.yaml", text: inline }], rule as Rule)).toBeUndefined();
});
