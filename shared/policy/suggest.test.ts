import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { nearest } from "./suggest.ts";

const NAMES = ["web", "db", "office", "payments", "postgres", "any", "any-host"];

test.each([
  ["a letter missing", "postgrs", "postgres"],
  ["a letter too many", "webb", "web"],
  ["a wrong letter", "offise", "office"],
  ["two letters swapped", "wbe", "web"],
  ["capitals", "DB", "db"],
  ["several slips in a long word", "paymnets2", "payments"],
  ["a hyphen forgotten", "anyhost", "any-host"],
])("%s: %s is near %s", (_slip, word, name) => {
  expect(nearest(word, NAMES)).toBe(name);
});

test.each(["", "x", "firewall", "pq", "webweb"])("'%s' is near none of the names", (word) => {
  expect(nearest(word, NAMES)).toBeUndefined();
});

test("of equally near names the first is given, and a nearer one before all", () => {
  expect(nearest("wed", ["web", "weg"])).toBe("web");
  expect(nearest("wed", ["web", "wed"])).toBe("wed");
});

/** The distance as it is defined, without any short cut. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, row) =>
    Array.from({ length: b.length + 1 }, (_, column) => (row === 0 ? column : column === 0 ? row : 0)),
  );
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row++)
    for (let column = 1; column <= b.length; column++) {
      const changed = at(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swaps = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = swaps ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY;
      const line = rows[row] ?? [];
      line[column] = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, changed, swapped);
    }
  return at(a.length, b.length);
}

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 12 });

property.prop([word, fc.array(word, { maxLength: 6 })], { numRuns: 2_000 })(
  "no other candidate is nearer, and none is near enough where none is given",
  (wanted, candidates) => {
    const near = nearest(wanted, candidates);
    const enough = (one: string) =>
      Math.min(
        4,
        Math.max(wanted.length, one.length) - 1,
        Math.max(1, Math.floor(Math.max(wanted.length, one.length) / 3)),
      );
    const fitting = candidates.filter((one) => distance(wanted, one) <= enough(one));
    if (near === undefined) expect(fitting).toEqual([]);
    else expect(distance(wanted, near)).toBe(Math.min(...fitting.map((one) => distance(wanted, one))));
  },
);
