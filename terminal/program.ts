/** The command line: yargs knows names and options, each command's own module does the work once it is chosen. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { missingCommand, type Usage, usageError } from "@bulkhead/shared/errors/usage-error.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import type { Command } from "./command.ts";
import type { Terminal } from "./output.ts";
import { describeCommand, type ProgramSpec, programParser } from "./parser.ts";

/** Parses the words after the program's name and runs the command they name; throws `command/…` for wrong usage. */
export async function run(
  program: ProgramSpec,
  words: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const parser = programParser(program, words);
  const usageOf = (command: Command | undefined) => usage(program, command, words);
  let chosen: (() => Promise<ExitCode>) | undefined;
  let parsing: Command | undefined;
  for (const command of program.commands)
    parser.command(
      commandLine(command),
      command.summary,
      (own) => {
        parsing = command;
        return describeCommand(own, command);
      },
      (given) => {
        chosen = () => command.run(onlyOnce(given, command, usageOf(command)), terminal);
      },
    );
  parser.fail((message: string | null, error?: Error) => {
    if (error instanceof BulkheadError || message === null) throw error;
    throw usageError(message, usageOf(parsing));
  });
  const asked = await parser.parseAsync();
  if (chosen !== undefined) return chosen();
  // yargs takes `help` as the last word for --help, without saying so.
  const answered = asked.help === true || asked.version === true || words.at(-1) === "help";
  if (!answered && asked["get-yargs-completions"] === undefined) throw missingCommand(usageOf(undefined));
  return 0;
}

function commandLine({ name, usage }: Command): string {
  return `${name} ${usage}`.trim();
}

function usage(program: ProgramSpec, command: Command | undefined, words: readonly string[]): Usage {
  const commands = program.commands.map(({ name }) => name);
  const general = { program: program.name, commands, words, nearest };
  if (command === undefined) return general;
  return {
    ...general,
    command: { name: command.name, usage: command.usage, options: Object.keys(command.options) },
  };
}

/** yargs makes a list of an option that is given twice; only those that are declared as lists may be. */
function onlyOnce(given: Record<string, unknown>, command: Command, usage: Usage): Record<string, unknown> {
  for (const [name, { array }] of Object.entries(command.options))
    if (array !== true && Array.isArray(given[name])) throw usageError(`--${name} was given twice`, usage);
  return given;
}
