import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { BitSet } from "./bit-set.ts";
import { type Impossible, rectanglesOf } from "./rectangles.ts";

const ENDS = [0, 1, 2, 3];
const ALL = ENDS.flatMap((from) => ENDS.map((to) => `${from}${to}`));

function rowsOf(pairs: ReadonlySet<string>): Map<number, BitSet> {
  const rows = ENDS.map(
    (from) =>
      [
        from,
        BitSet.of(
          4,
          endsAt((to) => pairs.has(`${from}${to}`)),
        ),
      ] as const,
  );
  return new Map(rows.filter(([, to]) => !to.isEmpty));
}

function endsAt(isOne: (end: number) => boolean): readonly number[] {
  return ENDS.filter(isOne);
}

function without(impossible: ReadonlySet<string>): Impossible {
  return {
    outOfReachOf: (from) =>
      BitSet.of(
        4,
        endsAt((to) => impossible.has(`${from}${to}`)),
      ),
    outOfSightOf: (to) =>
      BitSet.of(
        4,
        endsAt((from) => impossible.has(`${from}${to}`)),
      ),
  };
}

test.prop([fc.subarray(ALL), fc.subarray(ALL)])(
  "rectangles hold every pair, and nothing else that is possible, with all that may be counted in",
  (some, none) => {
    const impossible = new Set(none);
    const pairs = new Set(some.filter((pair) => !impossible.has(pair)));
    const rectangles = rectanglesOf(rowsOf(pairs), without(impossible));
    const told = rectangles.flatMap(({ from, to }) => from.flatMap((a) => to.map((b) => `${a}${b}`)));
    for (const pair of pairs) expect(told).toContain(pair);
    for (const { from, to, mayFrom, mayTo } of rectangles) {
      expect(from.every((one) => mayFrom.has(one)) && to.every((one) => mayTo.has(one))).toBe(true);
      for (const a of mayFrom.numbers)
        for (const b of mayTo.numbers) expect(pairs.has(`${a}${b}`) || impossible.has(`${a}${b}`)).toBe(true);
    }
  },
);

test("a segment whose members do not talk to themselves is one rectangle", () => {
  const others = new Set(["01", "02", "10", "12", "20", "21"]);
  const themselves = new Set(["00", "11", "22", "33"]);
  expect(rectanglesOf(rowsOf(others), without(themselves))).toMatchObject([
    { from: [0, 1, 2], to: [0, 1, 2] },
  ]);
});
