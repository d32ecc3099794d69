import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { replay } from "./transcript.ts";

const stories = readdirSync(new URL(".", import.meta.url), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);

test.each(stories.map(({ name }) => name))("%s: the commands say what the transcript says", async (name) => {
  const { expected, actual } = await replay(new URL(`${name}/transcript.txt`, import.meta.url));
  expect(actual).toBe(expected);
});
