/** The command line: yargs knows names and options, each command's own module does the work once it is chosen. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import {
  missingCommand,
  USAGE_STRINGS,
  type Usage,
  usageError,
} from "@bulkhead/shared/errors/usage-error.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";
import yargs, { type Argv } from "yargs";
import manifest from "../package.json" with { type: "json" };
import type { Command } from "./command.ts";
import { check } from "./commands/check.ts";
import { completion } from "./commands/completion.ts";
import { diff } from "./commands/diff.ts";
import { explain } from "./commands/explain.ts";
import { matrix } from "./commands/matrix.ts";
import { render } from "./commands/render.ts";
import { schema } from "./commands/schema.ts";
import type { Terminal } from "./output.ts";

export const PROGRAM = "bulkhead";
const COMMANDS: readonly Command[] = [check, explain, matrix, diff, render, schema, completion];

const EPILOGUE = `Exit codes: 0 done or yes; 1 it ran and the answer is no (a test failed, traffic is denied, a difference
under --exit-code); 2 wrong usage or an invalid policy; 3 it could not run.
Facts go to standard output, errors to standard error. NO_COLOR turns colour off, BULKHEAD_DEBUG=1 shows stack traces.`;

/** Parses the words after the program's name and runs the command they name; throws `command/…` for wrong usage. */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parser = declared(words);
  let chosen: (() => Promise<ExitCode>) | undefined;
  let parsing: Command | undefined;
  const usage = (): Usage => ({
    program: PROGRAM,
    ...(parsing && { command: { name: parsing.name, options: Object.keys(parsing.options) } }),
    commands: COMMANDS.map(({ name }) => name),
    words,
    nearest,
  });
  for (const command of COMMANDS)
    parser.command(
      `${command.name} ${command.usage}`.trim(),
      command.summary,
      (own) => {
        parsing = command;
        return details(own, command);
      },
      (given) => {
        chosen = () => command.run(onlyOnce(given, command, usage()), terminal);
      },
    );
  parser.fail((message: string | null, error?: Error) => {
    if (error instanceof BulkheadError || message === null) throw error;
    throw usageError(message, usage());
  });
  const asked = await parser.parseAsync();
  if (chosen !== undefined) return chosen();
  if (asked.help !== true && asked.version !== true && asked["get-yargs-completions"] === undefined)
    throw missingCommand(usage());
  return 0;
}

function declared(words: readonly string[]): Argv {
  return (
    yargs([...words])
      .scriptName(PROGRAM)
      .usage("$0 COMMAND\n\nAsks a policy what it means, without root and without touching a kernel.")
      .locale("en")
      // yargs' types know no plurals; y18n, which does the work, does.
      .updateStrings(USAGE_STRINGS as object as Record<string, string>)
      .parserConfiguration({
        "camel-case-expansion": false,
        "dot-notation": false,
        "boolean-negation": false,
      })
      .version(manifest.version)
      .alias({ h: "help", V: "version" })
      .strict()
      .exitProcess(false)
      .epilogue(EPILOGUE)
  );
}

function details(own: Argv, command: Command): Argv {
  for (const [name, options] of Object.entries(command.positionals)) own.positional(name, options);
  own.usage(`$0 ${`${command.name} ${command.usage}`.trim()}\n\n${command.summary}`).options(command.options);
  for (const [line, meaning] of command.examples) own.example(`$0 ${line}`, meaning);
  return own.epilogue(command.epilogue ?? "");
}

/** yargs makes a list of an option that is given twice; only those that are declared as lists may be. */
function onlyOnce(given: Record<string, unknown>, command: Command, usage: Usage): Record<string, unknown> {
  for (const [name, { array }] of Object.entries(command.options))
    if (array !== true && Array.isArray(given[name])) throw usageError(`--${name} was given twice`, usage);
  return given;
}
