/** The command line: yargs knows names and options, each command's own module does the work once it is chosen. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { missingCommand, type Usage, usageError } from "@bulkhead/shared/errors/usage-error.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import type { Command } from "./command.ts";
import { apply } from "./commands/apply.ts";
import { clear } from "./commands/clear.ts";
import { completion } from "./commands/completion.ts";
import { confirm } from "./commands/confirm.ts";
import { plan } from "./commands/plan.ts";
import { rollback } from "./commands/rollback.ts";
import { show } from "./commands/show.ts";
import { status } from "./commands/status.ts";
import type { Terminal } from "./output.ts";
import { describeCommand, PROGRAM, programParser } from "./parser.ts";

const COMMANDS: readonly Command[] = [plan, apply, confirm, rollback, status, show, clear, completion];

/** Parses the words after the program's name and runs the command they name; throws `command/…` for wrong usage. */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parser = programParser(words);
  let chosen: (() => Promise<ExitCode>) | undefined;
  let parsing: Command | undefined;
  for (const command of COMMANDS)
    parser.command(
      commandLine(command),
      command.summary,
      (own) => {
        parsing = command;
        return describeCommand(own, command);
      },
      (given) => {
        chosen = () => command.run(onlyOnce(given, command, words), terminal);
      },
    );
  parser.fail((message: string | null, error?: Error) => {
    if (error instanceof BulkheadError || message === null) throw error;
    throw usageError(message, usageOf(parsing, words));
  });
  const asked = await parser.parseAsync();
  if (chosen !== undefined) return chosen();
  if (asked.help !== true && asked.version !== true && asked["get-yargs-completions"] === undefined)
    throw missingCommand(usageOf(undefined, words));
  return 0;
}

function commandLine({ name, usage }: Command): string {
  return `${name} ${usage}`.trim();
}

function usageOf(command: Command | undefined, words: readonly string[]): Usage {
  const commands = COMMANDS.map(({ name }) => name);
  if (command === undefined) return { program: PROGRAM, commands, words, nearest };
  const { name, usage, options } = command;
  return {
    program: PROGRAM,
    command: { name, usage, options: Object.keys(options) },
    commands,
    words,
    nearest,
  };
}

/** yargs makes a list of an option that is given twice; only those that are declared as lists may be. */
function onlyOnce(
  given: Record<string, unknown>,
  command: Command,
  words: readonly string[],
): Record<string, unknown> {
  for (const [name, { array }] of Object.entries(command.options))
    if (array !== true && Array.isArray(given[name]))
      throw usageError(`--${name} was given twice`, usageOf(command, words));
  return given;
}
