/** yargs, set up for a program: its words, its help, nothing that guesses. */

import { USAGE_STRINGS } from "@bulkhead/shared/errors/usage-error.ts";
import yargs, { type Argv } from "yargs";
import type { Command } from "./command.ts";

/** What a program says of itself. */
export interface ProgramSpec {
  readonly name: string;
  readonly version: string;
  /** What it is for, in a sentence. */
  readonly purpose: string;
  /** What stands at the end of its help. */
  readonly epilogue: string;
  readonly commands: readonly Command[];
}

/** A parser without its commands. */
export function programParser(program: ProgramSpec, words: readonly string[]): Argv {
  return withoutTypes(yargs([...words]))
    .scriptName(program.name)
    .usage(`$0 COMMAND\n\n${program.purpose}`)
    .locale("en")
    .updateStrings(plurals(USAGE_STRINGS))
    .parserConfiguration({
      "camel-case-expansion": false,
      "dot-notation": false,
      "boolean-negation": false,
      // A host may be called 1e3, a group 010.
      "parse-numbers": false,
      "parse-positional-numbers": false,
    })
    .version(program.version)
    .alias({ h: "help", V: "version" })
    .strict()
    .exitProcess(false)
    .epilogue(program.epilogue);
}

/** Positionals, options, examples of one command, for its parsing and its help. */
export function describeCommand(own: Argv, command: Command): Argv {
  own.usage(`$0 ${`${command.name} ${command.usage}`.trim()}\n\n${command.summary}.`);
  for (const [name, options] of Object.entries(command.positionals)) own.positional(name, options);
  for (const [name, options] of Object.entries(command.options))
    own.option(name, { ...options, requiresArg: options.type !== "boolean" });
  for (const [line, meaning] of command.examples) own.example(`$0 ${line}`, meaning);
  return own.epilogue(command.epilogue ?? "");
}

/** Help without `[string] [required]`: the descriptions say it in words. yargs 18 has the setting, its types do not yet. */
function withoutTypes(parser: Argv): Argv {
  return (parser as Argv & { usageConfiguration(how: { "hide-types": boolean }): Argv }).usageConfiguration({
    "hide-types": true,
  });
}

/** yargs' types know no plurals; y18n, which does the work, does. */
function plurals(strings: object): Record<string, string> {
  return strings as Record<string, string>;
}
