/** A program whose options have the values of the configuration file where the command line names none. */

import type { Command, CommandOption } from "@bulkhead/terminal/command.ts";
import type { ProgramSpec } from "@bulkhead/terminal/parser.ts";
import { RUN_OPTIONS } from "../options.ts";
import type { Settings } from "./settings.ts";

/** Settings that the environment names as well, which goes before the file. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  "state-dir": "BULKHEAD_STATE_DIR",
  socket: "BULKHEAD_SOCKET",
};

/** `settings` is asked when a command is chosen, so that help and version need no file. What it throws is the command's failure. */
export function configured(program: ProgramSpec, settings: () => Settings): ProgramSpec {
  return { ...program, commands: program.commands.map((command) => withSettings(command, settings)) };
}

function withSettings(command: Command, settings: () => Settings): Command {
  if (!Object.entries(command.options).some(isSetting)) return command;
  return {
    ...command,
    get options() {
      return Object.fromEntries(
        Object.entries(command.options).map((entry) => {
          const [name, option] = entry;
          const value = isSetting(entry) && !isInEnvironment(name) ? settings()[name] : undefined;
          return [name, value === undefined ? option : { ...option, default: value }];
        }),
      );
    },
  };
}

/** The same option, not one that happens to have the same name: `join --as` is another one. */
function isSetting([name, option]: readonly [string, CommandOption]): boolean {
  return (RUN_OPTIONS as Readonly<Record<string, CommandOption>>)[name] === option;
}

function isInEnvironment(name: string): boolean {
  const variable = ENVIRONMENT[name];
  return variable !== undefined && (process.env[variable] ?? "") !== "";
}
