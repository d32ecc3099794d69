import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "@bulkhead/shared/errors/catalogue.ts";
import { expect, test } from "vitest";
import { errorDocument } from "./error-document.ts";
import { isTest, lineOf, ROOT, readSource } from "./source.ts";

const product = readSource("shared", "terminal", "agent", "server").filter((file) => !isTest(file.path));
const throwers = product.filter(
  (file) => !file.path.startsWith("shared/errors/") || file.path === "shared/errors/usage-error.ts",
);
const CODE = /["'`]((?:policy|command|kernel|apply|daemon|link|server)\/[a-z0-9-]+)["'`]/g;
const uses = throwers.flatMap(({ path, code }) =>
  [...code.matchAll(CODE)].map((match) => ({
    place: `${path}:${lineOf(code, match.index)}`,
    code: match[1] ?? "",
  })),
);

test("every code that is thrown is in the catalogue", () => {
  expect(uses.filter(({ code }) => !(code in catalogue))).toEqual([]);
});

test("every code of the catalogue is thrown somewhere", () => {
  const thrown = new Set(uses.map(({ code }) => code));
  expect(Object.keys(catalogue).filter((code) => !thrown.has(code))).toEqual([]);
});

test("codes are written out, so that they can be searched for", () => {
  const composed = throwers.filter(({ code }) =>
    /`(?:policy|command|kernel|apply|daemon|link|server)\/\$\{/.test(code),
  );
  expect(composed.map(({ path }) => path)).toEqual([]);
});

test("a title is a few words without a full stop, a remedy is a sentence", () => {
  for (const [code, { title, remedy }] of Object.entries(catalogue)) {
    expect(title, code).toMatch(/^.{8,90}[^.]$/);
    expect(remedy, code).toMatch(/^[A-Z`].{10,}\.$/s);
  }
});

test("docs/errors.md documents every code; UPDATE_GOLDEN=1 writes it anew", () => {
  const path = join(ROOT, "docs/errors.md");
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, errorDocument());
  expect(existsSync(path) ? readFileSync(path, "utf8") : "").toBe(errorDocument());
});
