import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Evaluation } from "@bulkhead/shared/rules/evaluate.ts";
import { describe, expect, test } from "vitest";
import { attemptsOf } from "./flows.ts";
import { formatPackets, outcomeText, type PacketLine, packetLines } from "./packet-lines.ts";
import { golden, problemsText, readStory, type Story, storyFolders, tablesOf } from "./story.ts";

describe.each(storyFolders().map((folder) => [basename(folder), folder]))("%s", (_name, folder) => {
  test("is told in one paragraph", () => {
    const paragraphs = readFileSync(join(folder, "README.md"), "utf8")
      .trim()
      .split(/\n\s*\n/);
    expect(paragraphs).toHaveLength(1);
  });

  test("has the problems that problems.txt lists", async () => {
    const { problems } = await readStory(folder);
    const actual = problemsText(problems);
    expect(actual).toBe(golden(folder, "problems.txt", actual));
  });

  test("gives each flow the verdict and the rule that packets.txt says", async () => {
    const story = await readStory(folder);
    const lines = packetLines(folder);
    const actual = formatPackets(lines, evaluations(story, lines));
    if (lines.length > 0) expect(actual).toBe(golden(folder, "packets.txt", actual));
  });

  test("compiles to the golden rulesets", async () => {
    const story = await readStory(folder);
    for (const [host, table] of tablesOf(story))
      expect(table, host).toBe(golden(folder, `${host}.nft`, table));
  });
});

/** What each line gets; rejects a line whose families get different things. */
function evaluations(story: Story, lines: readonly PacketLine[]): Map<PacketLine, Evaluation> {
  const results = new Map<PacketLine, Evaluation>();
  for (const line of lines) {
    if (!line.flow) continue;
    const [first, ...others] = attemptsOf(story, line.flow).map(({ evaluation }) => evaluation);
    if (!first) continue;
    for (const other of others)
      expect(outcomeText(other), `${line.text}: one line for each family`).toEqual(outcomeText(first));
    results.set(line, first);
  }
  return results;
}
