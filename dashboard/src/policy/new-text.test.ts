import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { policyJsonSchema } from "@bulkhead/shared/policy/schema.ts";
import { expect, test } from "vitest";
import { FIRST_POLICY, withRule } from "./new-text.ts";
import { choicesAt, type Schema } from "./schema-walk.ts";

const asked = { from: "web", to: "fd00::21", service: "tcp/22" };

test("the first policy is a policy", () => {
  expect(parsePolicy([{ name: "policy.yaml", text: FIRST_POLICY }]).problems).toEqual([]);
});

test.each([
  ["rules last", FIRST_POLICY],
  [
    "rules before another block",
    `rules:\n- { allow: all, from: any, to: web }\n\n# who is who\nsegments:\n  web: { select: "role=web" }\n`,
  ],
  ["no rules", 'segments:\n  web: { select: "role=web" }\n'],
  ["no line end at the end", FIRST_POLICY.trimEnd()],
])("a drafted rule stands among the others: %s", (_what, text) => {
  const before = parsePolicy([{ name: "shop.yaml", text }]).policy;
  const { policy, problems } = parsePolicy(withRule([{ name: "shop.yaml", text }], asked));
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(policy?.rules).toHaveLength((before?.rules.length ?? 0) + 1);
});

test("without a question the files are as they were", () => {
  const files = [{ name: "shop.yaml", text: FIRST_POLICY }];
  expect(withRule(files, { base: "1" })).toBe(files);
});

test("the schema says which keys and words may stand where", () => {
  const schema = policyJsonSchema() as Schema;
  const keys = (...path: string[]) => choicesAt(schema, path).keys.map(({ name }) => name);
  expect(keys()).toEqual(expect.arrayContaining(["segments", "rules", "services"]));
  expect(keys("rules")).toEqual(expect.arrayContaining(["allow", "deny", "from", "to"]));
  expect(keys("segments", "web")).toEqual(expect.arrayContaining(["select", "addresses", "names", "mode"]));
  expect(choicesAt(schema, ["segments", "web", "mode"]).words).toEqual(
    expect.arrayContaining(["enforce", "observe", "off"]),
  );
});
