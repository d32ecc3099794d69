/** yargs, set up for this program: its words, its help, nothing that guesses. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { USAGE_STRINGS } from "@bulkhead/shared/errors/usage-error.ts";
import yargs, { type Argv } from "yargs";
import manifest from "../package.json" with { type: "json" };
import type { Command } from "./command.ts";

export const PROGRAM = "bulkhead-agent";

const EPILOGUE =
  "Exit codes: 0 done or yes; 1 it ran and the answer is no (a difference, a policy that was not confirmed in time); " +
  "2 wrong usage or an invalid policy; 3 it could not run (permission, kernel, another command at work).\n\n" +
  "Facts go to standard output, errors and warnings to standard error. NO_COLOR turns colour off, BULKHEAD_DEBUG=1 shows stack traces, " +
  "BULKHEAD_STATE_DIR is where the state is.";

/** A parser without its commands. */
export function programParser(words: readonly string[]): Argv {
  return withoutTypes(yargs([...words]))
    .scriptName(PROGRAM)
    .usage(
      "$0 COMMAND\n\nPuts a policy into force on this host, by its kernel's nftables, and says what is in force.",
    )
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
    .version(manifest.version)
    .alias({ h: "help", V: "version" })
    .strict()
    .exitProcess(false)
    .epilogue(EPILOGUE);
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

/** A value that an option cannot have. */
export function wrongValue(option: string, text: string, expected: string): BulkheadError {
  return new BulkheadError("command/wrong-usage", `--${option} is '${text}', expected ${expected}`);
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
