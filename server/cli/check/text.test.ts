import { plain } from "@bulkhead/terminal/colour.ts";
import { test } from "@fast-check/vitest";
import { expect } from "vitest";
import { CLEAN, FAILING, HOSTILE, INVALID } from "./fixtures/reports.ts";
import { checkText } from "./text.ts";

test("each problem stands over its line, with a caret, what to do, and the other place", () => {
  expect(checkText(INVALID, plain)).toBe(`\
shop.yaml:3:3: error: the segment 'web' is there twice [policy/duplicate-name]
  3 |   web: { select: "role=www" }
    |   ^
  shop.yaml:2:3: the first is here
  2 |   web: { select: "role=web" }
    |   ^
  = Rename one of them, or remove it.

shop.yaml:5:27: error: there is no segment 'wbe' [policy/unknown-segment]
  5 |   - { allow: https, from: wbe, to: web }
    |                           ^
  = did you mean 'web'?

shop.yaml:5:12: warning: 100 % odd: a, b [policy/shadowed-rule]
  5 |   - { allow: https, from: wbe, to: web }
    |            ^
  = Remove the rule, or narrow the one that denies; a deny wins wherever it matches.

1 file: 2 errors, 1 warning; the tests were not run
`);
});

test("a failed test says what it asked, what it got, and who decided so", () => {
  expect(checkText({ ...FAILING, problems: [] }, plain)).toBe(`\
shop.yaml:9:5: test failed: web-1 (unit shop.service, user shop) -> db-1 tcp/22 must not get through, but is allowed
  ingress on db-1: allowed by rule 'admins'

1 file: no errors, no warnings; 1 test passed, 1 failed
`);
});

test("where all is well there is one line", () => {
  expect(checkText(CLEAN, plain)).toBe("1 file: no errors, no warnings; 1 test passed\n");
  expect(checkText({ ...CLEAN, tests: [] }, plain)).toBe("1 file: no errors, no warnings; no tests\n");
});

test("a remedy that many problems share is said once", () => {
  const [first] = INVALID.problems;
  if (first === undefined) throw new Error("the fixture has problems");
  const text = checkText({ ...INVALID, problems: [first, first] }, plain);
  expect(text.split("Rename one of them").length - 1).toBe(1);
});

test("colour changes nothing but colour", () => {
  const painted = checkText(INVALID, (style, text) => `<${style}>${text}</${style}>`);
  expect(painted).toContain("<bad>error</bad>");
  expect(painted.replace(/<\/?(good|bad|warning|strong|faint)>/g, "")).toBe(checkText(INVALID, plain));
});

test.prop([HOSTILE])(
  "whatever the names hold, nothing reaches the terminal but visible characters",
  (report) => {
    expect(checkText(report, plain)).toMatch(/^(?:\n|[^\p{Cc}\p{Cs}\p{Bidi_Control}])*$/u);
  },
);
