import { expect, test } from "vitest";
import { excerpt } from "./excerpt.ts";

const at = (line: number, column: number) => ({ file: "a.yaml", line, column });

test("the caret stands under the column, whatever the number of the line", () => {
  expect(excerpt("one\ntwo: x\n", at(2, 6))).toEqual(["2 | two: x", "  |      ^"]);
  expect(excerpt(`${"\n".repeat(99)}rules: 7`, at(100, 8))).toEqual(["100 | rules: 7", "    |        ^"]);
});

test("a place at the end of a line or behind it is shown at its end", () => {
  expect(excerpt("ab\r\ncd", at(1, 3))).toEqual(["1 | ab", "  |   ^"]);
  expect(excerpt("ab", at(1, 99))).toEqual(["1 | ab", "  |   ^"]);
  expect(excerpt("", at(1, 1))).toEqual(["1 | ", "  | ^"]);
});

test("a line that does not exist has no excerpt", () => {
  expect(excerpt("ab\n", at(3, 1))).toBeUndefined();
});

test("a long line is shown around its place", () => {
  const [source, caret] = excerpt(`${"a".repeat(500)}X${"b".repeat(500)}`, at(1, 501)) ?? ["", ""];
  expect(source).toBe(`1 | …${"a".repeat(60)}X${"b".repeat(39)}…`);
  expect(source[caret.indexOf("^")]).toBe("X");
});

test("a line that fits is shown whole, and a place behind the end of a long one is shown at its end", () => {
  expect(excerpt(`${"a".repeat(80)}X${"b".repeat(19)}`, at(1, 81))?.[0]).toBe(
    `1 | ${"a".repeat(80)}X${"b".repeat(19)}`,
  );
  expect(excerpt("a".repeat(200), at(1, 999))).toEqual([`1 | …${"a".repeat(60)}`, `  |  ${" ".repeat(60)}^`]);
});

test("what a terminal would obey is shown as text, and the caret still points to the place", () => {
  const [source, caret] = excerpt("k: \x1b[31m\tX", at(1, 10)) ?? ["", ""];
  expect(source).toBe("1 | k: \\x1b[31m X");
  expect(source[caret.indexOf("^")]).toBe("X");
});

test("characters that take two columns move the caret by two", () => {
  expect(excerpt("名: X", at(1, 4))).toEqual(["1 | 名: X", "  |     ^"]);
});
