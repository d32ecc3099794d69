import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { InferredOptionTypes, Options, PositionalOptions } from "yargs";
import type { Terminal } from "./output.ts";

/** An option as a command declares it, in yargs' terms. */
export type CommandOption = Options;

/** A command as it is declared: names, options, examples. What it does is imported when it runs, so that others start fast. */
export interface CommandSpec<
  P extends Readonly<Record<string, PositionalOptions>>,
  O extends Readonly<Record<string, Options>>,
> {
  readonly name: string;
  /** Its positional arguments in yargs' spelling: `<path..>`. */
  readonly usage: string;
  readonly summary: string;
  readonly positionals: P;
  readonly options: O;
  /** Command line (after the program's name) and what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  readonly epilogue?: string;
  run(given: InferredOptionTypes<P> & InferredOptionTypes<O>, terminal: Terminal): Promise<ExitCode>;
}

/** Any command, once its argument types no longer matter: yargs has checked what it gives to `run`. */
export type Command = Omit<CommandSpec<Record<string, PositionalOptions>, Record<string, Options>>, "run"> & {
  run(given: Record<string, unknown>, terminal: Terminal): Promise<ExitCode>;
};

/** Declares a command; the types of its arguments follow from its options. */
export function command<
  P extends Readonly<Record<string, PositionalOptions>>,
  O extends Readonly<Record<string, Options>>,
>(spec: CommandSpec<P, O>): Command {
  return spec as unknown as Command;
}

/** The argument that most commands begin with. */
export const POLICY_PATHS = {
  path: {
    describe: "policy files, or folders of them (*.yaml, *.yml, *.json), read as one policy",
    type: "string",
    array: true,
    demandOption: true,
    normalize: false,
  },
} as const satisfies Record<string, PositionalOptions>;
