import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHECKOUT } from "../estate/place.ts";
import { missing, quotesOf } from "./quotes.ts";

const README = readFileSync(join(CHECKOUT, "README.md"), "utf8");
/** Commands that test/lab runs, and holds to what is quoted of them. */
const PROVED = [
  "npm start -- --once",
  "npm start -- break kill",
  "npm start -- break flush",
  "npm start -- break lock-out",
];

const DOCUMENT = `
<!-- printed by: date -->

\`\`\`console
  it is   12:13:14
  …
  and 2.5 s later 14 connections
\`\`\`
`;

test("a quoted line has to be printed, in its order, but for what another run has otherwise", () => {
  const output = "it is 23:59:01\nsomething else\nand 11 s later 3,000 connections\n";
  expect(missing(DOCUMENT, "date", output)).toEqual([]);
  expect(missing(DOCUMENT, "date", output.replace("later", "before"))).toEqual([
    "  and 2.5 s later 14 connections",
  ]);
  expect(missing(DOCUMENT, "date", output.split("\n").reverse().join("\n"))).toHaveLength(1);
  expect(missing(DOCUMENT, "who", output)).toEqual(["nothing is quoted of who"]);
});

test("the README quotes no output but of commands that a test runs", () => {
  const commands = quotesOf(README).map(({ command }) => command);
  expect(commands.filter((command) => !PROVED.includes(command))).toEqual([]);
  expect(PROVED.filter((command) => !commands.includes(command))).toEqual([]);
});
