import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { rectanglesOf } from "./rectangles.ts";

const ENDS = ["a", "b", "c", "d"];
const ALL = ENDS.flatMap((from) => ENDS.map((to) => `${from}${to}`));

function relationOf(pairs: ReadonlySet<string>, impossible: ReadonlySet<string>) {
  const rows = ENDS.map((from) => [from, new Set(ENDS.filter((to) => pairs.has(from + to)))] as const);
  return {
    pairs: new Map(rows.filter(([, to]) => to.size > 0)),
    mayCount: (from: string, to: string) => impossible.has(from + to),
    sources: ENDS,
    destinations: ENDS,
  };
}

test.prop([fc.subarray(ALL), fc.subarray(ALL)])(
  "rectangles hold every pair, and nothing else that is possible, with all that may be counted in",
  (some, none) => {
    const impossible = new Set(none);
    const pairs = new Set(some.filter((pair) => !impossible.has(pair)));
    const rectangles = rectanglesOf(relationOf(pairs, impossible));
    const told = rectangles.flatMap(({ from, to }) => from.flatMap((a) => to.map((b) => a + b)));
    for (const pair of pairs) expect(told).toContain(pair);
    for (const { from, to, mayFrom, mayTo } of rectangles)
      for (const a of [...from, ...mayFrom])
        for (const b of [...to, ...mayTo]) expect(pairs.has(a + b) || impossible.has(a + b)).toBe(true);
  },
);

test("a segment whose members do not talk to themselves is one rectangle", () => {
  const others = new Set(["ab", "ac", "ba", "bc", "ca", "cb"]);
  const themselves = new Set(["aa", "bb", "cc", "dd"]);
  expect(rectanglesOf(relationOf(others, themselves))).toMatchObject([
    { from: ["a", "b", "c"], to: ["b", "c", "a"] },
  ]);
});
