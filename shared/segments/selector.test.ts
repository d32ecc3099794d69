import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import type { Labels } from "../policy/labels.ts";
import type { Selector } from "../policy/policy.ts";
import { parseSelector } from "../policy/selector.ts";
import { LabelIndex } from "./label-index.ts";
import { selects } from "./selector.ts";

function selector(text: string): Selector {
  const parsed = parseSelector(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.selector;
}

const LABELS: Labels = { app: "shop", role: "web", empty: "" };

test.each([
  ["app=shop", true],
  ["app==shop", true],
  ["app=blog", false],
  ["app=shop, role=web", true],
  ["app=shop, role=db", false],
  ["role in (db, web)", true],
  ["role notin (db, api)", true],
  ["role notin (db, web)", false],
  ["app", true],
  ["!app", false],
  ["empty", true],
  ["!empty", false],
])("%s selects as kubectl does", (text, expected) => {
  expect(selects(selector(text), LABELS)).toBe(expected);
});

test("!= and notin also match a host that lacks the label", () => {
  expect(selects(selector("env!=prod"), LABELS)).toBe(true);
  expect(selects(selector("env notin (prod, dev)"), LABELS)).toBe(true);
  expect(selects(selector("!env"), LABELS)).toBe(true);
  expect(selects(selector("env=prod"), LABELS)).toBe(false);
  expect(selects(selector("env"), LABELS)).toBe(false);
});

test("what every object has is no label", () => {
  expect(selects(selector("constructor"), LABELS)).toBe(false);
  expect(selects(selector("!constructor"), LABELS)).toBe(true);
});

const word = fc.constantFrom("a", "b", "constructor");
const labels = fc.dictionary(word, fc.constantFrom("x", "y", "z", ""), { maxKeys: 3 });
const requirement = fc.oneof(
  fc.tuple(
    word,
    fc.constantFrom("in", "notin"),
    fc.uniqueArray(fc.constantFrom("x", "y", "z"), { minLength: 1 }),
  ),
  fc.tuple(word, fc.constantFrom("", "!")),
);

test.prop([fc.array(labels), fc.array(requirement, { minLength: 1, maxLength: 3 })])(
  "the index finds exactly the hosts that a selector selects, in order",
  (hosts, requirements) => {
    const text = requirements
      .map(([label, operator, values]) =>
        values === undefined ? `${operator}${label}` : `${label} ${operator} (${values.join(", ")})`,
      )
      .join(", ");
    const asked = selector(text);
    const expected = hosts.flatMap((host, at) => (selects(asked, host) ? at : []));
    expect(new LabelIndex(hosts).select(asked)).toEqual(expected);
  },
);
