import { test } from "@fast-check/vitest";
import { expect } from "vitest";
import { FAILING, HOSTILE, INVALID } from "./fixtures/reports.ts";
import { checkJunit } from "./junit.ts";

test("a file with errors is a failed case; its warnings are output", () => {
  expect(checkJunit(INVALID)).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bulkhead check">
<testsuite name="policy" tests="1" failures="1" errors="0" skipped="0">
<testcase name="shop.yaml" classname="policy" file="policy/shop.yaml">
<failure type="policy/duplicate-name" message="the segment &apos;web&apos; is there twice; the first is here: shop.yaml:2:3">shop.yaml:3:3: error: the segment &apos;web&apos; is there twice; the first is here: shop.yaml:2:3 [policy/duplicate-name]
shop.yaml:5:27: error: there is no segment &apos;wbe&apos;; did you mean &apos;web&apos;? [policy/unknown-segment]</failure>
<system-out>shop.yaml:5:12: warning: 100 % odd: a, b [policy/shadowed-rule]</system-out>
</testcase>
</testsuite>
</testsuites>
`);
});

test("each question of a test is a case, and says why it failed", () => {
  expect(checkJunit({ ...FAILING, files: [], problems: [] })).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bulkhead check">
<testsuite name="policy" tests="0" failures="0" errors="0" skipped="0"/>
<testsuite name="tests" tests="2" failures="1" errors="0" skipped="0">
<testcase name="allow web-1 -&gt; db-1 postgres" classname="shop.yaml" file="shop.yaml" line="9"/>
<testcase name="deny web-1 (unit shop.service, user shop) -&gt; db-1 tcp/22" classname="shop.yaml" file="shop.yaml" line="9">
<failure type="command/test-failed" message="web-1 (unit shop.service, user shop) -&gt; db-1 tcp/22 must not get through, but is allowed">ingress on db-1: allowed by rule &apos;admins&apos;</failure>
</testcase>
</testsuite>
</testsuites>
`);
});

test("what looks like an entity is text too", () => {
  const [problem] = INVALID.problems;
  if (problem === undefined) throw new Error("the fixture has problems");
  const report = { ...INVALID, problems: [{ ...problem, message: "&lt; <b> \"x\" 'y'" }] };
  expect(checkJunit(report)).toContain('message="&amp;lt; &lt;b&gt; &quot;x&quot; &apos;y&apos;');
});

test("a warning fails its file where warnings count", () => {
  expect(checkJunit({ ...FAILING, strict: true })).toContain(
    '<testsuite name="policy" tests="1" failures="1"',
  );
  expect(checkJunit({ ...FAILING, strict: false })).toContain(
    '<testsuite name="policy" tests="1" failures="0"',
  );
});

/** A document of elements with double-quoted attributes, text and the five entities, as this format uses them; throws for any other. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const token = /<(?<close>\/)?(?<name>[a-z-]+)(?: [a-z]+="[^"<>]*")*(?<empty>\/)?>|(?<text>[^<>]+)/uy;
  const body = xml.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, "");
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(body)) throw new Error("a bare ampersand");
  if (/[^\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(body))
    throw new Error("no XML character");
  while (token.lastIndex < body.length) {
    const match = token.exec(body);
    if (match === null) throw new Error("no XML");
    const { close, name, empty } = match.groups ?? {};
    if (name === undefined) continue;
    if (close !== undefined && open.pop() !== name) throw new Error(`${name} was not open`);
    if (close === undefined) names.push(name);
    if (close === undefined && empty === undefined) open.push(name);
  }
  if (open.length > 0) throw new Error(`${open.join()} still open`);
  return names;
}

test.prop([HOSTILE])("whatever the names hold, the document is well-formed and has its cases", (report) => {
  const cases = report.files.length + (report.tests?.length ?? 0);
  expect(elementsOf(checkJunit(report)).filter((name) => name === "testcase").length).toBe(cases);
});
