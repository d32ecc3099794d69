/** JUnit XML as Jenkins, GitLab and the like read it: a case for each file, for each question that a test asks, and for each invariant. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { type Finding, findingsOf } from "./findings.ts";
import type { CheckedFile, CheckReport } from "./report.ts";
import { problemSentence } from "./sentences.ts";

export function checkJunit(report: CheckReport): string {
  const files = report.files.map((file) => fileCase(file, report));
  const findings = Map.groupBy(findingsOf(report), ({ suite: name }) => name);
  const tests = (findings.get("tests") ?? []).map((one) => findingCase(one, report));
  const others = [...findings].filter(([name]) => name !== "tests");
  const suites = [
    suite("policy", files),
    ...(report.tests === undefined ? [] : [suite("tests", tests)]),
    ...others.map(([name, some]) =>
      suite(
        name,
        some.map((one) => findingCase(one, report)),
      ),
    ),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", { name: "bulkhead check" }, suites)}\n`;
}

interface Case {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly output?: string;
}

function fileCase({ name, path }: CheckedFile, { problems, strict }: CheckReport): Case {
  const mine = problems.filter(({ place }) => place.file === name);
  const failing = mine.filter(({ severity }) => severity === "error" || strict);
  const others = mine.filter((problem) => !failing.includes(problem));
  const [first] = failing;
  return {
    attributes: { name, classname: "policy", file: path },
    ...(first && { failure: { type: first.code, message: problemSentence(first), text: lines(failing) } }),
    ...(others.length > 0 && { output: lines(others) }),
  };
}

function lines(problems: readonly Problem[]): string {
  return problems
    .map((problem) => {
      const { file, line, column } = problem.place;
      return `${printable(file)}:${line}:${column}: ${problem.severity}: ${problemSentence(problem)} [${problem.code}]`;
    })
    .join("\n");
}

function findingCase(
  { code, name, place, passed, sentence, reasons }: Finding,
  { files }: CheckReport,
): Case {
  const { file, line } = place;
  const path = files.find((one) => one.name === file)?.path ?? file;
  return {
    attributes: { name, classname: file, file: path, line },
    ...(!passed && { failure: { type: code, message: sentence, text: reasons.join("\n") } }),
  };
}

function suite(name: string, cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const children = cases.map(({ attributes, failure, output }) =>
    element("testcase", attributes, [
      ...(failure
        ? [element("failure", { type: failure.type, message: failure.message }, failure.text)]
        : []),
      ...(output === undefined ? [] : [element("system-out", {}, output)]),
    ]),
  );
  return element("testsuite", { name, tests: cases.length, failures, errors: 0, skipped: 0 }, children);
}

/** `children` are finished elements; a string is text and is escaped here. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] | string,
): string {
  const head = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value))}"`),
  ];
  if (typeof children === "string") return `<${head.join(" ")}>${escaped(children)}</${name}>`;
  if (children.length === 0) return `<${head.join(" ")}/>`;
  return `<${head.join(" ")}>\n${children.join("\n")}\n</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Line by line, as line breaks are ours; what no XML 1.0 document may hold is made visible, because it cannot be escaped. */
function escaped(text: string): string {
  const visible = text.split("\n").map(printable).join("\n");
  return visible.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
