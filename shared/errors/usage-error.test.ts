import { expect, test } from "vitest";
import { missingCommand, type Usage, usageError } from "./usage-error.ts";

const usage: Usage = {
  program: "bulkhead",
  command: { name: "check", usage: "<path..>", options: ["format", "strict", "f"] },
  commands: ["check", "explain"],
  words: ["check"],
  nearest: (word, candidates) => candidates.find((name) => name.slice(0, 2) === word.slice(0, 2)),
};
const { command: _, ...beforeCommand } = usage;

function said(message: string, change: Partial<Usage> = {}): string {
  const { code, message: text, remedy } = usageError(message, { ...usage, ...change });
  return `${text} [${code}] ${remedy}`;
}

test("an unknown command is named, with the nearest one", () => {
  const error = usageError("unknown: chek, x", { ...beforeCommand, words: ["chek", "x"] });
  expect(error.code).toBe("command/unknown-command");
  expect(error.message).toBe("there is no command 'chek'");
  expect(error.remedy).toBe("Did you mean 'check'? Run 'bulkhead --help'.");
});

test("an unknown option is named, with the nearest one, also where it swallowed an argument", () => {
  const expected =
    "bulkhead check has no option '--strct' [command/unknown-option] Did you mean '--strict'? Run 'bulkhead check --help'.";
  expect(said("unknown: strct", { words: ["check", "p", "--strct"] })).toBe(expected);
  expect(said("an argument is missing", { words: ["check", "--strct", "p"] })).toBe(expected);
  expect(said("an argument is missing", { words: ["check", "--strct=1"] })).toBe(expected);
});

test("known options, negative numbers and what stands behind -- are no unknown options", () => {
  const words = ["check", "--strict", "-f", "--format=json", "-7", "--help", "-V", "--", "--odd"];
  expect(said("--format needs a value", { words })).toBe(
    "--format needs a value [command/wrong-usage] Run 'bulkhead check --help'.",
  );
});

test("an option without anything near to it has no suggestion", () => {
  expect(said("unknown: x", { words: ["-x"] })).toBe(
    "bulkhead check has no option '-x' [command/unknown-option] Run 'bulkhead check --help'.",
  );
});

test("a missing argument is said with the whole usage, one too many with its text", () => {
  expect(said("an argument is missing")).toContain("expected bulkhead check <path..>");
  expect(said("unknown: more", { words: ["check", "a", "more"] })).toContain(
    "'more' is one argument too many",
  );
});

test("a message of several lines becomes one", () => {
  expect(said('Invalid values:\n  --a is "x"\n  --b is "y"\n')).toBe(
    '--a is "x"; --b is "y" [command/wrong-usage] Run \'bulkhead check --help\'.',
  );
});

test("a missing command is told which there are", () => {
  expect(missingCommand(beforeCommand).remedy).toBe(
    "The commands are check, explain. Run 'bulkhead --help'.",
  );
});
