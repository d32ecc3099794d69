import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import type { Requirement } from "./policy.ts";
import { parseSelector } from "./selector.ts";

test.each<[text: string, requirements: readonly Requirement[]]>([
  ["a=b", [{ operator: "in", label: "a", values: ["b"] }]],
  ["a==b", [{ operator: "in", label: "a", values: ["b"] }]],
  ["a!=b", [{ operator: "notin", label: "a", values: ["b"] }]],
  ["a in (x, y)", [{ operator: "in", label: "a", values: ["x", "y"] }]],
  ["a notin (x,y,x)", [{ operator: "notin", label: "a", values: ["x", "y"] }]],
  ["a", [{ operator: "exists", label: "a" }]],
  ["!a", [{ operator: "absent", label: "a" }]],
  [" ! a ", [{ operator: "absent", label: "a" }]],
  [
    "a = b,c",
    [
      { operator: "in", label: "a", values: ["b"] },
      { operator: "exists", label: "c" },
    ],
  ],
  ["in in (in, notin)", [{ operator: "in", label: "in", values: ["in", "notin"] }]],
  ["example.com/tier-1=1.2_3", [{ operator: "in", label: "example.com/tier-1", values: ["1.2_3"] }]],
  ["größe=groß", [{ operator: "in", label: "größe", values: ["groß"] }]],
  ["a=x:y/z@1+2-", [{ operator: "in", label: "a", values: ["x:y/z@1+2-"] }]],
])("'%s' is read", (text, requirements) => {
  expect(parseSelector(text)).toEqual({ selector: { text, requirements } });
});

test.each([
  ["", 0, "the selector ends where a label or '!' was expected"],
  ["a=", 2, "the selector ends where a value after '=' was expected"],
  ["a!=,b", 3, "the selector has ',' where a value after '!=' was expected"],
  ["a=b=c", 3, "the selector has '=' where ',' or the end was expected"],
  ["a b", 2, "the selector has 'b' where =, ==, !=, in, notin or ',' was expected"],
  ["a,,b", 2, "the selector has ',' where a label or '!' was expected"],
  ["a,", 2, "the selector ends where a label or '!' was expected"],
  ["!", 1, "the selector ends where a label after '!' was expected"],
  ["!a=b", 2, "the selector has '=' where ',' or the end was expected"],
  ["a in x", 5, "the selector has 'x' where '(' after 'in' was expected"],
  ["a in ()", 6, "the selector has ')' where a value was expected"],
  ["a in (x", 7, "the selector ends where ',' or ')' was expected"],
  ["a in (x y)", 8, "the selector has 'y' where ',' or ')' was expected"],
  ["a>5", 1, "the selector has '>' where =, ==, !=, in, notin or ',' was expected"],
  ["app:shop", 0, "the selector has 'app:shop' where a label or '!' was expected"],
  ['a="b"', 2, "the selector has '\"b\"' where a value after '=' was expected"],
  ["a=b*", 2, "the selector has 'b*' where a value after '=' was expected"],
  ["a in (x|y)", 6, "the selector has 'x|y' where a value was expected"],
  [`${"a".repeat(129)}`, 0, `the selector has '${"a".repeat(63)}…' where a label or '!' was expected`],
])("'%s' is refused at %i", (text, offset, problem) => {
  expect(parseSelector(text)).toEqual({ problem, offset });
});

const label = fc.constantFrom("a", "app", "x.y/z", "in", "notin");
const value = fc.constantFrom("1", "shop", "in", "a-b");
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    operator: fc.constantFrom("in", "notin"),
    label,
    values: fc.uniqueArray(value, { minLength: 1 }),
  }),
  fc.record({ operator: fc.constantFrom("exists", "absent"), label }),
);

function written(one: Requirement): string {
  if ("values" in one) return `${one.label} ${one.operator} (${one.values.join(", ")})`;
  return one.operator === "absent" ? `!${one.label}` : one.label;
}

property.prop([fc.array(requirement, { minLength: 1, maxLength: 4 })])(
  "every selector is read back as it was written",
  (requirements) => {
    const text = requirements.map(written).join(" , ");
    expect(parseSelector(text)).toEqual({ selector: { text, requirements } });
  },
);

property.prop([fc.string({ unit: fc.constantFrom(..."ab=!(),<> in"), maxLength: 20 })], { numRuns: 5_000 })(
  "a fault lies inside the text",
  (text) => {
    const parsed = parseSelector(text);
    if ("problem" in parsed) expect(parsed.offset >= 0 && parsed.offset <= text.length).toBe(true);
  },
);
