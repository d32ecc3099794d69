import { expect, test } from "vitest";
import { problemsOf } from "./fixtures/texts.ts";
import { formatCount, LIMITS } from "./limits.ts";
import { formatProblem } from "./problem.ts";
import { Budget } from "./read/budget.ts";
import { HostReader } from "./read/hosts.ts";
import { readDeclarations } from "./read/section.ts";
import { parseText } from "./text/parse-text.ts";
import { Problems } from "./text/problems.ts";
import { Source } from "./text/source.ts";

const repeat = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join("");

/** Problems without the place. */
function saidOf(text: string): string[] {
  return problemsOf(text).map((line) => line.replace(/^\S+ /, ""));
}

const LIMIT = "[policy/limit-exceeded]";

test("numbers are written so that they can be compared", () => {
  expect([0, 999, 1000, 4194304].map(formatCount)).toEqual(["0", "999", "1,000", "4,194,304"]);
});

test.each([
  ["brackets", "[".repeat(1_000_000)],
  ["braces", "{a: ".repeat(500_000)],
  ["items", "- ".repeat(1_000_000)],
  ["keys", "? ".repeat(1_000_000)],
  ["a staircase", repeat(2_000, (at) => `${" ".repeat(at)}a:\n`)],
])("deep nesting of %s is refused at the first level that is too deep", (_what, text) => {
  expect(saidOf(text)).toEqual([`error: lists and maps are nested more than 32 deep here ${LIMIT}`]);
});

test("nesting as deep as the limit is a matter of types", () => {
  const depth = LIMITS.nesting;
  expect(saidOf(`${"[".repeat(depth)}${"]".repeat(depth)}\n`)[0]).toContain("[policy/wrong-type]");
});

test("a bomb of aliases is refused before it is expanded", () => {
  const letters = [..."abcdefghijkl"];
  const bomb = letters.map(
    (letter, at) =>
      `${letter}: &${letter} [${Array(10)
        .fill(at === 0 ? "x" : `*${letters[at - 1]}`)
        .join(", ")}]\n`,
  );
  expect(saidOf(bomb.join(""))).toEqual([`error: aliases stand for more than 100,000 values ${LIMIT}`]);
});

test("aliases of all files count together", () => {
  const text = `services: { a: &a [${"tcp/1, ".repeat(300)}], ${repeat(200, (at) => `b${at}: *a, `)}}\n`;
  expect(problemsOf({ "a.yaml": text })).toEqual([]);
  expect(problemsOf({ "a.yaml": text, "b.yaml": text }).join("\n")).toContain(
    "aliases stand for more than 100,000 values",
  );
});

test("a file of too many words is refused while it is read", () => {
  expect(saidOf(`rules: [${"a,".repeat(1_000_000)}]\n`)).toEqual([
    `error: the file has more than 2,000,000 words, brackets, commas and spaces ${LIMIT}`,
  ]);
});

test("a file of too many characters is not read", () => {
  expect(saidOf(`#${"x".repeat(LIMITS.fileBytes)}`)).toEqual([
    `error: the file has 4,194,305 characters, and 4,194,304 are the most that a file may have ${LIMIT}`,
  ]);
});

test("a file of ten thousand faults is given up after ten lines", () => {
  expect(saidOf('a: "\\q"\n'.repeat(10_000))).toHaveLength(LIMITS.syntaxProblems);
  expect(saidOf(`rules: [${",".repeat(10_000)}]\n`)).toHaveLength(1);
  expect(saidOf(repeat(10_000, () => "a:\n  - b\n c: d\n"))).toHaveLength(LIMITS.syntaxProblems);
});

test("a thousand problems are shown, and the others are counted", () => {
  const said = saidOf(repeat(1_500, (at) => `k${at}: 1\n`));
  expect(said).toHaveLength(LIMITS.problems + 1);
  expect(said.at(-1)).toBe(
    "error: 500 more problems are not shown, as 1,000 are the most that are [policy/too-many-problems]",
  );
});

test("a thousand warnings do not hide an error, and alone are none", () => {
  const host =
    "hosts: { web: { addresses: [10.0.0.1], labels: { a: b } } }\nsegments: { web: { select: a } }\n";
  const tests = `tests:\n${repeat(600, () => "- { from: web, to: web, allow: all }\n")}`;
  expect(saidOf(`${host}${tests}`).at(-1)).toContain("warning: 200 more problems are not shown");
  expect(problemsOf(`${host}${tests}- { from: web, to: nobody, allow: all }\n`).at(-1)).toContain(
    "error: 202 more",
  );
});

test.each([
  ["segments", LIMITS.segments, (at: number) => ` s${at}: { select: a }\n`],
  ["services", LIMITS.services, (at: number) => ` s${at}: tcp/1\n`],
  ["hosts", LIMITS.hosts, (at: number) => ` ${at}h: {}\n`],
  ["rules", LIMITS.rules, () => " - a\n"],
  ["tests", LIMITS.tests, () => " - a\n"],
] as const)("more %s than the limit are refused before they are read", (section, limit, line) => {
  const said = saidOf(`${section}:\n${repeat(limit + 1, line)}`);
  expect(said).toEqual([
    `error: the policy has more than ${formatCount(limit)} ${section}, which is the most that it may have ${LIMIT}`,
  ]);
});

test("a text that is too long is refused with both numbers", () => {
  expect(saidOf(`segments: { a: { select: ${"x".repeat(5_000)} } }\n`)).toEqual([
    `error: 'select' has 5,000 characters, and 4,096 are the most that a text may have ${LIMIT}`,
  ]);
});

test("what goes beyond a budget is reported where it first happens, and refused from then on", () => {
  const problems = new Problems();
  const budget = new Budget({ limit: 2, noun: "addresses" }, problems);
  const source = new Source(
    "p.yaml",
    "hosts:\n a: { addresses: [10.0.0.1, 10.0.0.2] }\n b: { addresses: [10.0.0.3] }\n c: { addresses: [10.0.0.4] }\n",
  );
  const tree = parseText(source, { problems, aliased: { values: 0 } });
  const hosts =
    tree?.kind === "map"
      ? tree.entries.map(({ value }) => ({ node: value, wanted: { subject: "", expected: "" } }))
      : [];
  const reader = new HostReader(problems, budget);
  const read = [...readDeclarations(hosts, { noun: "host", limit: 9 }, problems).values()].map((one) =>
    reader.read(one),
  );
  expect(read.map((host) => host?.addresses)).toEqual([["10.0.0.1", "10.0.0.2"], [], []]);
  expect(problems.sorted().map(formatProblem)).toEqual([
    `p.yaml:3:2: error: the policy has more than 2 addresses, which is the most that it may have ${LIMIT}`,
  ]);
});

test("a service of too many parts is refused", () => {
  const ports = repeat(1_001, (at) => `tcp/${at * 2 + 1},`);
  const message = `error: a service comes to 1,001 port ranges and types, and 1,000 are the most that one may have ${LIMIT}`;
  expect(saidOf(`services: { a: [${ports}] }\n`)).toEqual([message]);
  expect(saidOf(`rules: [{ allow: [${ports}], from: any, to: any }]\n`)).toEqual([message]);
});

test("rules that multiply the parts of services are refused", () => {
  const ports = repeat(999, (at) => `tcp/${at * 2 + 1},`);
  const rules = repeat(1_010, (at) => `- { allow: [many, udp/${at + 1}], from: any, to: any }\n`);
  expect(saidOf(`services: { many: [${ports}] }\nrules:\n${rules}`)).toEqual([
    `error: the policy has more than 1,000,000 port ranges and types in its rules, which is the most that it may have ${LIMIT}`,
  ]);
});

test.each([
  ["first to last", (at: number) => ` s${at}: s${at + 1}\n`, " s20000: tcp/1\n"],
  ["last to first", (at: number) => ` s${9_000 - at}: s${9_000 - at + 1}\n`, " s9001: tcp/1\n"],
])(
  "services that lie too deep inside one another are refused, whether given from %s",
  (_order, line, end) => {
    const said = saidOf(`services:\n${end}${repeat(9_000, line)}`);
    expect(
      said.every(
        (one) =>
          one.includes("services lie more than 100 deep inside one another here") ||
          one.includes("there is no service"),
      ),
    ).toBe(true);
    expect(said.some((one) => one.includes(LIMIT))).toBe(true);
  },
);

test("services as deep as the limit are services", () => {
  const text = (depth: number) => `services:\n s0: tcp/1\n${repeat(depth, (at) => ` s${at + 1}: s${at}\n`)}`;
  expect(saidOf(text(LIMITS.serviceDepth - 1))).toEqual([]);
  expect(saidOf(text(LIMITS.serviceDepth))).toEqual([
    `error: services lie more than 100 deep inside one another here ${LIMIT}`,
  ]);
});
