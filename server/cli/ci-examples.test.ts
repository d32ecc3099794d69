import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { PROGRAM } from "./program.ts";

const text = readFileSync(new URL("../../docs/ci.md", import.meta.url), "utf8");
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, block = ""]) => block);

test("the examples are YAML of one workflow and one pipeline", () => {
  const documents = blocks("yaml").map((block) => parseDocument(block));
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  const [workflow, pipeline] = documents.map((document) => document.toJS());
  expect(workflow.jobs.policy.steps.map(({ name }: { name?: string }) => name)).toContain("plan");
  expect(pipeline.stages).toEqual(["check", "plan", "push"]);
  for (const stage of pipeline.stages)
    expect(pipeline[stage]).toMatchObject({ stage, script: expect.any(Array) });
});

/** What the examples and the table run, word by word. */
const lines = [...text.matchAll(/\bbulkhead ((?:check|plan|push|api-token)\b[^`|>\n#]*)/g)].map(
  ([, line = ""]) => line.trim(),
);

test.each([...new Set(lines)])("bulkhead %s: the command and its options are there", (line) => {
  const [name, ...words] = line.split(/\s+/);
  const command = PROGRAM.commands.find((one) => one.name === name);
  expect(command, `bulkhead ${name}`).toBeDefined();
  const options = Object.entries(command?.options ?? {}).flatMap(([option, { alias }]) => [
    `--${option}`,
    ...(typeof alias === "string" ? [`-${alias}`] : []),
  ]);
  for (const word of words.filter((one) => one.startsWith("-"))) expect(options).toContain(word);
  const format = words[words.indexOf("--format") + 1];
  if (words.includes("--format")) expect(command?.options.format?.choices).toContain(format);
});

test("there are as many lines as somebody has looked at", () => {
  expect(lines.length).toBeGreaterThan(12);
});
