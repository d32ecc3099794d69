/** yargs, set up for this program: its words, its help, nothing that guesses. */

import { USAGE_STRINGS } from "@bulkhead/shared/errors/usage-error.ts";
import yargs, { type Argv } from "yargs";
import manifest from "../package.json" with { type: "json" };
import type { Command } from "./command.ts";

export const PROGRAM = "bulkhead";

const EPILOGUE =
  "Exit codes: 0 done or yes; 1 it ran and the answer is no (a test failed, traffic is denied, a difference under --exit-code); " +
  "2 wrong usage or an invalid policy; 3 it could not run.\n\n" +
  "Facts go to standard output, errors to standard error. NO_COLOR turns colour off, BULKHEAD_DEBUG=1 shows stack traces.";

/** A parser without its commands. */
export function programParser(words: readonly string[]): Argv {
  return withoutTypes(yargs([...words]))
    .scriptName(PROGRAM)
    .usage("$0 COMMAND\n\nAsks a policy what it means, without root and without touching a kernel.")
    .locale("en")
    .updateStrings(plurals(USAGE_STRINGS))
    .parserConfiguration({
      "camel-case-expansion": false,
      "dot-notation": false,
      "boolean-negation": false,
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
