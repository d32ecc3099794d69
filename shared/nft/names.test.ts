import fc from "fast-check";
import { expect, test } from "vitest";
import { LONGEST_COMMENT, quotable } from "./comment.ts";
import { NameBook } from "./names.ts";

test("a plain name stays as it is", () => {
  expect(new NameBook().nameOf("segment web", "web_4")).toBe("web_4");
});

test("two things that wish for one name get two", () => {
  const book = new NameBook();
  expect(book.nameOf("segment web with env=prod", "web_env_prod")).toBe("web_env_prod");
  expect(book.nameOf("segment web_env_prod", "web_env_prod")).toMatch(/^web_env_prod_[0-9a-f]{8}$/);
});

test("different things never share a name, and every name can stand in a ruleset", () => {
  const texts = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("web", "we b", "we-b")));
  fc.assert(
    fc.property(texts, (wishes) => {
      const book = new NameBook();
      const names = wishes.map((wish, at) => book.nameOf(`${at}`, wish));
      expect(new Set(names).size).toBe(wishes.length);
      for (const name of names) expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9_.-]{0,79}$/);
    }),
  );
});

test("a comment fits, and two long ones that end differently stay different", () => {
  const [one, two] = [
    quotable("é".repeat(100) + 1, LONGEST_COMMENT),
    quotable("é".repeat(100) + 2, LONGEST_COMMENT),
  ];
  expect(new TextEncoder().encode(one).length).toBeLessThanOrEqual(LONGEST_COMMENT);
  expect(one).not.toBe(two);
});
