/** Wrong usage of a command line in our words. Both programs parse with yargs; this turns what it says into an error with a remedy. */

import { BulkheadError } from "./bulkhead-error.ts";

const TOO_FEW = "an argument is missing";

/** For yargs' `updateStrings()`: its messages, as parts of our sentences. */
export const USAGE_STRINGS = {
  "Not enough non-option arguments: got %s, need at least %s": {
    one: `${TOO_FEW} (%s given, %s needed)`,
    other: `${TOO_FEW} (%s given, %s needed)`,
  },
  "Missing required argument: %s": { one: "--%s is missing", other: "options are missing: %s" },
  "Not enough arguments following: %s": "--%s needs a value",
  "Argument: %s, Given: %s, Choices: %s": "--%s is %s, but must be one of %s",
  "Arguments %s and %s are mutually exclusive": "--%s and --%s exclude each other",
  "Unknown argument: %s": { one: "unknown: %s", other: "unknown: %s" },
} as const;

/** What a program's fail handler knows. */
export interface Usage {
  readonly program: string;
  /** The command that was being parsed, if it was a known one; `usage` is its arguments in yargs' spelling. */
  readonly command?: { readonly name: string; readonly usage: string; readonly options: readonly string[] };
  readonly commands: readonly string[];
  /** The words of the command line, without the program's. */
  readonly words: readonly string[];
  /** Finds the nearest known name; `nearest` of `shared/policy/suggest.ts`, which this room may not import. */
  readonly nearest: (word: string, candidates: readonly string[]) => string | undefined;
}

/** Makes the error for a message of yargs (with `USAGE_STRINGS` set, under locale `en`). */
export function usageError(message: string, usage: Usage): BulkheadError {
  // yargs takes the word after an unknown option for its value, and then misses that word: the cause comes first.
  const option = unknownOptions(usage)[0];
  if (option !== undefined) return unknownOption(option, usage);
  const word = /^unknown: ([^,]*)/.exec(message)?.[1];
  if (word !== undefined) return unknownWord(word, usage);
  const said = message
    .replace("Invalid values:", "")
    .trim()
    .replace(/\s*\n\s*/g, "; ");
  const expected = said.startsWith(TOO_FEW) ? `; expected ${usage.program} ${commandLine(usage)}` : "";
  return new BulkheadError("command/wrong-usage", `${said}${expected}`, { remedy: helpOf(usage) });
}

/** The error for a command line that names no command. */
export function missingCommand(usage: Usage): BulkheadError {
  return new BulkheadError("command/wrong-usage", "a command is missing", {
    remedy: `The commands are ${usage.commands.join(", ")}. ${helpOf(usage)}`,
  });
}

function unknownWord(word: string, usage: Usage): BulkheadError {
  if (usage.command !== undefined)
    return new BulkheadError("command/wrong-usage", `'${word}' is one argument too many`, {
      remedy: helpOf(usage),
    });
  const near = usage.nearest(word, usage.commands);
  return new BulkheadError("command/unknown-command", `there is no command '${word}'`, {
    remedy: `${near === undefined ? "" : `Did you mean '${near}'? `}${helpOf(usage)}`,
  });
}

function unknownOption(option: string, usage: Usage): BulkheadError {
  const near = usage.nearest(option.replace(/^-+/, ""), knownOptions(usage));
  const where = usage.command === undefined ? usage.program : `${usage.program} ${usage.command.name}`;
  return new BulkheadError("command/unknown-option", `${where} has no option '${option}'`, {
    remedy: `${near === undefined ? "" : `Did you mean '--${near}'? `}${helpOf(usage)}`,
  });
}

/** Words that look like options and are none, as given, without `=value`. What stands behind `--` is no option. */
function unknownOptions(usage: Usage): string[] {
  const end = usage.words.indexOf("--");
  const known = new Set(knownOptions(usage).map((name) => (name.length === 1 ? `-${name}` : `--${name}`)));
  return usage.words
    .slice(0, end < 0 ? undefined : end)
    .filter((word) => /^-./.test(word) && !/^-\d/.test(word))
    .map((word) => word.split("=")[0] ?? word)
    .filter((word) => !known.has(word));
}

function knownOptions({ command }: Usage): string[] {
  return [...(command?.options ?? []), "help", "h", "version", "V"];
}

function commandLine({ command }: Usage): string {
  return command === undefined ? "COMMAND" : `${command.name} ${command.usage}`.trim();
}

function helpOf(usage: Usage): string {
  const command = usage.command === undefined ? "" : ` ${usage.command.name}`;
  return `Run '${usage.program}${command} --help'.`;
}
