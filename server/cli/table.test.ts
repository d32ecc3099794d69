import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { gridText } from "./table.ts";
import { widthOf } from "./text-width.ts";

const GRID = {
  corner: "from \\ to",
  columns: ["web", "db", "office"],
  rows: [
    { name: "web", cells: [["https", "ping"], ["postgres"], []] },
    { name: "db", cells: [[], [], ["tcp/10000-20000", "udp/123", "icmp/echo-request"]] },
  ],
};

test("columns are as wide as their words, and a long cell goes below itself", () => {
  expect(gridText(GRID)).toBe(`\
from \\ to  web          db        office
─────────  ───────────  ────────  ─────────────────
web        https, ping  postgres
db                                tcp/10000-20000,
                                  udp/123,
                                  icmp/echo-request
`);
});

test("where the columns do not fit, the table goes on below, with the rows' names", () => {
  expect(gridText(GRID, 40)).toBe(`\
from \\ to  web          db
─────────  ───────────  ────────
web        https, ping  postgres
db

from \\ to  office
─────────  ─────────────────
web
db         tcp/10000-20000,
           udp/123,
           icmp/echo-request
`);
});

test("wide characters and combining marks count as a terminal shows them", () => {
  expect(widthOf("データ")).toBe(6);
  expect(widthOf("u\u0308")).toBe(1);
  const text = gridText({
    corner: "",
    columns: ["x"],
    rows: [
      { name: "名", cells: [["a"]] },
      { name: "n", cells: [["b"]] },
    ],
  });
  expect(text.split("\n").slice(2, 4)).toEqual(["名  a", "n   b"]);
});

test("hostile names are shown as text", () => {
  const text = gridText({ corner: "", columns: ["\x1b[2J"], rows: [{ name: "a\nb", cells: [["\x07"]] }] });
  expect(text).toContain("\\x1b[2J");
  expect(text).toContain("a\\nb");
  expect(text).toContain("\\x07");
});

const word = fc.stringMatching(/^[a-z/0-9-]{1,12}$/);
test.prop([
  fc.nat(8).chain((columns) =>
    fc.record({
      corner: fc.constant("from"),
      columns: fc.array(word, { minLength: columns, maxLength: columns }),
      rows: fc.array(
        fc.record({
          name: word,
          cells: fc.array(fc.array(word, { maxLength: 5 }), { minLength: columns, maxLength: columns }),
        }),
        { maxLength: 5 },
      ),
    }),
  ),
  fc.integer({ min: 45, max: 120 }),
])("no line is wider than asked, and every word stands in the text uncut", (grid, width) => {
  const text = gridText(grid, width);
  for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(width);
  const words = text.split(/[\s,]+/);
  for (const expected of [...grid.columns, ...grid.rows.flatMap(({ cells }) => cells.flat())])
    expect(words).toContain(expected);
});
