/** A program's commands, from what they say of themselves. */

import type { Command, CommandOption } from "@bulkhead/terminal/command.ts";
import type { ProgramSpec } from "@bulkhead/terminal/parser.ts";
import { code, page, table } from "./page.ts";

export function commandsPage({ name, purpose, epilogue, commands }: ProgramSpec): string {
  return page(
    name,
    purpose,
    `\`${name} COMMAND --help\` says the same on a terminal, and \`${name} completion\` makes a shell complete it.`,
    epilogue,
    table(
      ["command", "what it does"],
      commands.map((command) => [`[${command.name}](#${command.name})`, command.summary]),
    ),
    ...commands.map((command) => section(name, command)),
  );
}

function section(program: string, command: Command): string {
  const { name, usage, summary, positionals, options, examples, epilogue } = command;
  const shown = Object.entries(options).filter(([, { hidden }]) => hidden !== true);
  const given = [
    ...Object.entries(positionals).map(([key, option]) => [code(key), meaningOf(option)]),
    ...shown.map(([key, option]) => [code(optionWords(key, option)), meaningOf(option)]),
  ];
  return [
    `## ${name}`,
    `\`${`${program} ${name} ${usage}`.trim()}\``,
    `${summary}.`,
    ...(given.length === 0 ? [] : [table(["", ""], given)]),
    ...(examples.length === 0 ? [] : [exampleText(program, examples)]),
    ...(epilogue === undefined ? [] : [epilogue]),
  ].join("\n\n");
}

function exampleText(program: string, examples: Command["examples"]): string {
  const lines = examples.map(([line, meaning]) => {
    const words = `${program} ${line.replaceAll("$0", program)}`;
    return meaning === "" ? words : `${words}    # ${meaning}`;
  });
  return `\`\`\`sh\n${lines.join("\n")}\n\`\`\``;
}

function optionWords(name: string, { alias, type }: CommandOption): string {
  const names = [...(alias === undefined ? [] : [alias].flat()), name].map((one) =>
    one.length === 1 ? `-${one}` : `--${one}`,
  );
  return `${names.join(", ")}${type === "boolean" ? "" : " VALUE"}`;
}

function meaningOf({ describe, choices, default: usual }: CommandOption): string {
  const fixed = choices === undefined ? "" : `: ${choices.join(", ")}`;
  const isUsed = usual !== undefined && usual !== false && usual !== "" && !Array.isArray(usual);
  const isTold = isUsed && !describe?.includes(String(usual));
  return `${describe ?? ""}${fixed}${isTold ? ` (${usual} unless it is given)` : ""}`;
}
