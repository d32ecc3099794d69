/** Wrong usage of a command line in our words. Both programs parse with yargs; this turns what it says into an error with a remedy. */

import { BulkheadError } from "./bulkhead-error.ts";

/** For yargs' `updateStrings()`: its messages, as parts of our sentences. */
export const USAGE_STRINGS = {
  "Not enough non-option arguments: got %s, need at least %s": {
    one: "%s arguments were given, at least %s is needed",
    other: "%s arguments were given, at least %s is needed",
  },
  "Missing required argument: %s": { one: "--%s is missing", other: "these options are missing: %s" },
  "Not enough arguments following: %s": "--%s needs a value",
  "Invalid values:": "invalid value:",
  "Argument: %s, Given: %s, Choices: %s": "--%s was given as %s, and is one of %s",
  "Arguments %s and %s are mutually exclusive": "--%s and --%s exclude each other",
  "Unknown argument: %s": { one: "unknown: %s", other: "unknown: %s" },
} as const;

/** What a program's fail handler knows. */
export interface Usage {
  readonly program: string;
  /** The command that was being parsed, if it was a known one. */
  readonly command?: { readonly name: string; readonly options: readonly string[] };
  readonly commands: readonly string[];
  /** The words of the command line, without the program's. */
  readonly words: readonly string[];
  /** Finds the nearest known name; `nearest` of `shared/policy/suggest.ts`, which this room may not import. */
  readonly nearest: (word: string, candidates: readonly string[]) => string | undefined;
}

/** Makes the error for a message of yargs (with `USAGE_STRINGS` set, under locale `en`). */
export function usageError(message: string, usage: Usage): BulkheadError {
  const unknown = /^unknown: (.*)$/s.exec(message)?.[1];
  if (unknown !== undefined) return unknownWord(unknown.split(", ")[0] ?? unknown, usage);
  const words = message.trim().replace(/\s*\n\s*/g, " ");
  return new BulkheadError("command/wrong-usage", words, { remedy: helpOf(usage) });
}

/** The error for a command line that names no command. */
export function missingCommand(usage: Usage): BulkheadError {
  return new BulkheadError("command/wrong-usage", "a command is missing", {
    remedy: `The commands are ${usage.commands.join(", ")}. ${helpOf(usage)}`,
  });
}

function unknownWord(word: string, usage: Usage): BulkheadError {
  const option = usage.words.find((given) => isOption(given, word));
  if (option !== undefined) return unknownOption(option.split("=")[0] ?? option, usage);
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
  const known = [...(usage.command?.options ?? []), "help", "version"];
  const near = usage.nearest(option.replace(/^-+/, ""), known);
  const where = usage.command === undefined ? usage.program : `${usage.program} ${usage.command.name}`;
  return new BulkheadError("command/unknown-option", `${where} has no option '${option}'`, {
    remedy: `${near === undefined ? "" : `Did you mean '--${near}'? `}${helpOf(usage)}`,
  });
}

/** Whether this word of the command line is the option that yargs calls `name`: `--name`, `--name=x`, or `n` of `-xn`. */
function isOption(given: string, name: string): boolean {
  const [text = given] = given.split("=");
  if (text.startsWith("--")) return text === `--${name}` || text === `--no-${name}`;
  return text.startsWith("-") && name.length === 1 && text.includes(name);
}

function helpOf(usage: Usage): string {
  const command = usage.command === undefined ? "" : ` ${usage.command.name}`;
  return `Run '${usage.program}${command} --help'.`;
}
