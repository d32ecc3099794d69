import { test } from "@fast-check/vitest";
import { expect } from "vitest";
import { FAILING, HOSTILE, INVALID } from "./fixtures/reports.ts";
import { checkGithub } from "./github.ts";

test("each problem is an annotation at its place in the repository", () => {
  expect(checkGithub(INVALID)).toBe(`\
::error file=policy/shop.yaml,line=3,col=3,title=policy/duplicate-name::the segment 'web' is there twice; the first is here: shop.yaml:2:3
::error file=policy/shop.yaml,line=5,col=27,title=policy/unknown-segment::there is no segment 'wbe'; did you mean 'web'?
::warning file=policy/shop.yaml,line=5,col=12,title=policy/shadowed-rule::100 %25 odd: a, b
1 file: 2 errors, 1 warning; the tests were not run
`);
});

test("a failed test is an annotation with its reasons on lines of their own", () => {
  expect(checkGithub({ ...FAILING, problems: [] })).toBe(`\
::error file=policy/shop.yaml,line=9,col=5,title=command/test-failed::web-1 (unit shop.service, user shop) -> db-1 tcp/22 must not get through, but is allowed%0Aingress on db-1: allowed by rule 'admins'
1 file: no errors, no warnings; 1 test passed, 1 failed
`);
});

test("commas, colons and percents in a path do not end the property", () => {
  const [file] = INVALID.files;
  const report = { ...INVALID, files: [{ ...file, name: "shop.yaml", path: "a,b:c%d.yaml", text: "" }] };
  expect(checkGithub(report)).toContain("::error file=a%2Cb%3Ac%25d.yaml,line=3,");
});

test.prop([HOSTILE])(
  "no name can begin a command of its own: there is one line for each finding, and the counts",
  (report) => {
    expect(checkGithub(report)).toMatch(/^(?:\n|[^\p{Cc}\p{Cs}\p{Bidi_Control}])*$/u);
    const lines = checkGithub(report).split("\n");
    const findings = report.problems.length + (report.tests ?? []).filter(({ passed }) => !passed).length;
    expect(lines.length).toBe(findings + 2);
    expect(lines.filter((line) => line.startsWith("::")).length).toBe(findings);
  },
);
