import { Writable } from "node:stream";
import { expect, test, vi } from "vitest";
import { command } from "./command.ts";
import { failed } from "./failure.ts";
import { Output, type Terminal } from "./output.ts";
import type { ProgramSpec } from "./parser.ts";
import { run } from "./program.ts";

function terminal(): Terminal & { readonly said: string[] } {
  const said: string[] = [];
  const stream = () =>
    new Writable({
      write: (chunk, _encoding, done) => {
        said.push(String(chunk));
        done();
      },
    });
  return { program: "program", out: new Output(stream()), err: new Output(stream()), said };
}

/** A program with one command, which gives back what it was given. */
function programWith(given: (options: unknown) => void): ProgramSpec {
  const greet = command({
    name: "greet",
    usage: "<name>",
    summary: "Greets somebody",
    positionals: { name: { describe: "who", type: "string", demandOption: true } },
    options: {
      times: { describe: "how often", type: "string" },
      all: { describe: "everybody", type: "string", array: true },
    },
    examples: [["greet 007", "Greets an agent"]],
    run: async (options) => {
      given(options);
      return 1;
    },
  });
  return { name: "program", version: "1.2.3", purpose: "Tests.", epilogue: "", commands: [greet] };
}

test("a command gets its arguments as text, and its exit code is the program's", async () => {
  const given = vi.fn();
  expect(await run(programWith(given), ["greet", "007", "--times", "1e3"], terminal())).toBe(1);
  expect(given).toHaveBeenCalledWith(expect.objectContaining({ name: "007", times: "1e3" }));
});

test.each([
  ["no command", [], "command/wrong-usage"],
  ["an unknown command", ["gret"], "command/unknown-command"],
  ["an unknown option", ["greet", "a", "--time", "3"], "command/unknown-option"],
  ["an option given twice", ["greet", "a", "--times", "1", "--times", "2"], "command/wrong-usage"],
  ["an option without its value", ["greet", "a", "--times"], "command/wrong-usage"],
  ["a missing argument", ["greet"], "command/wrong-usage"],
])("%s is wrong usage and runs nothing", async (_name, words, code) => {
  const given = vi.fn();
  await expect(run(programWith(given), words, terminal())).rejects.toMatchObject({ code });
  expect(given).not.toHaveBeenCalled();
});

test("an option that is a list may be given twice", async () => {
  const given = vi.fn();
  await run(programWith(given), ["greet", "a", "--all", "x", "--all", "y"], terminal());
  expect(given).toHaveBeenCalledWith(expect.objectContaining({ all: ["x", "y"] }));
});

test("what nobody expected is told as a defect, without a stack trace", async () => {
  const at = terminal();
  expect(await failed(new RangeError("no such thing"), at)).toBe(3);
  expect(at.said.join("")).toMatch(
    /^program: unexpected failure: RangeError: no such thing \[command\/defect\]\n {2}\S/,
  );
});
