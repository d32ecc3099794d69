import { readFile } from "node:fs/promises";
import { test } from "@fast-check/vitest";
import { Ajv } from "ajv";
import { expect } from "vitest";
import { FAILING, HOSTILE, INVALID } from "./fixtures/reports.ts";
import { checkSarif } from "./sarif.ts";

const schema = JSON.parse(
  await readFile(new URL("fixtures/sarif-2.1.0.json", import.meta.url), "utf8"),
) as object;
const ajv = new Ajv({
  strict: false,
  formats: { uri: (text) => URL.canParse(text), "uri-reference": /^[\w%.~!$&'()*+,;=:@/?#-]*$/ },
});
const validate = ajv.compile(schema);

/** The published schema's complaints. */
function complaints(text: string): string {
  return validate(JSON.parse(text)) ? "" : ajv.errorsText(validate.errors);
}

test("a report of problems is valid, with places, the rules' titles and remedies", () => {
  const text = checkSarif(INVALID);
  expect(complaints(text)).toBe("");
  const { runs } = JSON.parse(text);
  expect(runs).toHaveLength(1);
  const [{ tool, results, invocations }] = runs;
  expect(tool.driver.rules).toEqual([
    {
      id: "policy/duplicate-name",
      shortDescription: { text: "a name is given twice" },
      help: { text: "Rename one of them, or remove it." },
      defaultConfiguration: { level: "error" },
    },
    expect.objectContaining({ id: "policy/shadowed-rule", defaultConfiguration: { level: "warning" } }),
    expect.objectContaining({ id: "policy/unknown-segment" }),
  ]);
  expect(results[0]).toEqual({
    ruleId: "policy/duplicate-name",
    ruleIndex: 0,
    level: "error",
    message: { text: "the segment 'web' is there twice; the first is here: shop.yaml:2:3" },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: "policy/shop.yaml", uriBaseId: "%SRCROOT%" },
          region: { startLine: 3, startColumn: 3 },
        },
      },
    ],
    relatedLocations: [expect.objectContaining({ id: 1, message: { text: "the first is here" } })],
  });
  expect(invocations).toEqual([{ executionSuccessful: true, exitCode: 2 }]);
});

test("a failed test is a result, one that passed is none", () => {
  const text = checkSarif({ ...FAILING, problems: [] });
  expect(complaints(text)).toBe("");
  const [{ results, invocations }] = JSON.parse(text).runs;
  expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(["command/test-failed"]);
  expect(results[0].message.text).toContain("must not get through, but is allowed\ningress on db-1");
  expect(invocations[0].exitCode).toBe(1);
});

test("a path outside the working directory is a file URL, and no path is no URI", () => {
  const report = (path: string) => ({ ...INVALID, files: [{ name: "shop.yaml", path, text: "" }] });
  expect(checkSarif(report("/srv/a b.yaml"))).toContain('"uri": "file:///srv/a%20b.yaml"');
  expect(checkSarif(report("x:y/a #1%.yaml"))).toContain('"uri": "x%3Ay/a%20%231%25.yaml"');
});

test("the schema would refuse a report that is wrong", () => {
  const wrong = checkSarif(INVALID).replaceAll('"startLine": 3', '"startLine": 0');
  expect(complaints(wrong)).toContain("startLine must be >= 1");
  expect(complaints(checkSarif(INVALID).replace('"results"', '"findings"'))).toContain(
    "additional properties",
  );
});

test.prop([HOSTILE])("whatever the names hold, the report is valid", (report) => {
  const files = report.files.filter(
    ({ path }, index) => report.files.findIndex((other) => other.path === path) === index,
  );
  expect(complaints(checkSarif({ ...report, files }))).toBe("");
});
