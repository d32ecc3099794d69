/** The manual page of a program, from what its commands say of themselves. */

import type { Command, CommandOption } from "@bulkhead/terminal/command.ts";
import type { ProgramSpec } from "@bulkhead/terminal/parser.ts";
import { manualPage, paragraph, roff, term, verbatim } from "./roff.ts";

export interface ManualPage {
  readonly program: ProgramSpec;
  readonly section: 1 | 8;
  readonly summary: string;
  readonly epoch: number;
  /** Files that matter to its users, and what they are. */
  readonly files: readonly (readonly [path: string, meaning: string])[];
  readonly seeAlso: string;
}

export function programManual({ program, section, summary, epoch, files, seeAlso }: ManualPage): string {
  const heading = section === 8 ? "System Administration" : "User Commands";
  const [exitCodes = "", ...rest] = program.epilogue.split("\n\n");
  return manualPage({ name: program.name, section, epoch, version: program.version, heading }, summary, [
    ".SH SYNOPSIS",
    `\\fB${roff(program.name)}\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]`,
    ".SH DESCRIPTION",
    roff(program.purpose),
    ".SH COMMANDS",
    ...program.commands.flatMap((command) => commandSection(program.name, command)),
    ".SH OPTIONS OF EVERY COMMAND",
    ...term("-h, --help", "shows help"),
    ...term("-V, --version", "shows the version"),
    ".SH EXIT STATUS",
    roff(exitCodes.replace(/^Exit codes: /, "")),
    ...(rest.length === 0 ? [] : [".SH ENVIRONMENT AND OUTPUT", ...rest.flatMap(paragraph)]),
    ...(files.length === 0 ? [] : [".SH FILES", ...files.flatMap(([path, meaning]) => term(path, meaning))]),
    ".SH SEE ALSO",
    roff(seeAlso),
  ]);
}

function commandSection(program: string, command: Command): readonly string[] {
  const { name, usage, summary, positionals, options, examples, epilogue } = command;
  return [
    `.SS ${roff(`${program} ${name} ${usage}`.trim())}`,
    roff(`${summary}.`),
    ...Object.entries(positionals).flatMap(([key, { describe }]) => term(`<${key}>`, describe ?? "")),
    ...Object.entries(options)
      .filter(([, { hidden }]) => hidden !== true)
      .flatMap(([key, option]) => term(optionWords(key, option), meaningOf(option))),
    ...examples.flatMap(([line, meaning]) => [
      ...verbatim(`${program} ${line.replaceAll("$0", program)}`),
      ...(meaning === "" ? [] : [".RS 8", roff(meaning), ".RE"]),
    ]),
    ...(epilogue === undefined ? [] : paragraph(epilogue)),
  ];
}

function optionWords(name: string, { alias, type }: CommandOption): string {
  const names = [...(alias === undefined ? [] : [alias].flat()), name].map((one) =>
    one.length === 1 ? `-${one}` : `--${one}`,
  );
  return `${names.join(", ")}${type === "boolean" ? "" : " VALUE"}`;
}

function meaningOf({ describe, choices }: CommandOption): string {
  return choices === undefined ? (describe ?? "") : `${describe}: ${choices.join(", ")}`;
}
