import { readFileSync } from "node:fs";
import { test as property } from "@fast-check/vitest";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { PolicyErrorCode } from "../errors/policy.ts";
import { mutated, VALID } from "./fixtures/mutation.ts";
import { parsePolicy } from "./parse.ts";
import { policyJsonSchema } from "./schema.ts";

const schema = policyJsonSchema();
const accepts = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
}).compile(schema);

const documented = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");

test("the schema is what ajv takes for JSON Schema 2020-12, without a word that it does not know", () => {
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Bulkhead policy",
  });
  expect(new Ajv2020().validateSchema(schema)).toBe(true);
});

test("the documented example is valid", () => {
  const example = /^```yaml\n(.*?)^```/ms.exec(documented)?.[1] ?? "";
  expect(accepts(parse(example))).toBe(true);
});

/** Every schema of a key, with its path. */
function keysIn(node: unknown, path = ""): [path: string, schema: Record<string, unknown>][] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    const own =
      name === "properties"
        ? Object.entries(value as object).map(
            ([key, of]) => [`${path}/${key}`, of] as [string, Record<string, unknown>],
          )
        : [];
    return [...own, ...keysIn(value, `${path}/${name}`)];
  });
}

test("every key has a description, which editors show", () => {
  const keys = keysIn(schema);
  expect(keys.length).toBeGreaterThan(30);
  expect(keys.filter(([, of]) => typeof of.description !== "string").map(([path]) => path)).toEqual([]);
});

test("no map takes keys that are not described", () => {
  const open = JSON.stringify(schema).match(/"properties":\{/g)?.length;
  expect(JSON.stringify(schema).match(/"additionalProperties":false/g)?.length).toBe(open);
});

/** What is wrong with a shape, and not with what stands in it. */
const STRUCTURAL: readonly PolicyErrorCode[] = [
  "policy/unknown-key",
  "policy/missing-key",
  "policy/conflicting-keys",
  "policy/wrong-type",
  "policy/user-in-to",
];

property.prop([mutated], { numRuns: 500 })(
  "the schema refuses what the reader finds wrong in the shape, and never what the reader accepts",
  (value) => {
    const { policy, problems } = parsePolicy([{ name: "p.json", text: JSON.stringify(value) }]);
    if (policy !== undefined) expect(accepts(value), JSON.stringify(accepts.errors)).toBe(true);
    const wrong = problems.filter(({ code }) => STRUCTURAL.includes(code));
    if (wrong.length > 0) expect(accepts(value), JSON.stringify(wrong)).toBe(false);
  },
);

test("the property above changes a policy that is valid", () => {
  expect(parsePolicy([{ name: "p.json", text: JSON.stringify(VALID) }]).problems).toEqual([]);
  expect(accepts(VALID)).toBe(true);
});
