/** /etc/bulkhead/agent.yaml as it is delivered, and its manual page: both from the options of `bulkhead-agent run`. */

import type { CommandOption } from "@bulkhead/terminal/command.ts";
import { expectedOf } from "../../agent/cli/configuration/settings.ts";
import { RUN_OPTIONS } from "../../agent/cli/options.ts";
import { manualPage, paragraph, roff, term, verbatim } from "./roff.ts";

/** What each setting may look like; a setting without one does not compile. */
const EXAMPLES: Readonly<Record<keyof typeof RUN_OPTIONS, string>> = {
  policy: "[/etc/bulkhead/policy]",
  floor: "[/etc/bulkhead/floor.yaml]",
  as: "web-1",
  "state-dir": "/var/lib/bulkhead",
  socket: "/run/bulkhead/agent.sock",
  "log-group": "4747",
  "ct-mark-mask": '"0xff000000"',
  "metrics-port": "9750",
  "log-level": "info",
};

const SETTINGS = Object.entries<CommandOption>(RUN_OPTIONS).map(([name, option]) => ({
  name,
  meaning: `${sentence(option.describe ?? "")} (${expectedOf(option)})`,
  example: EXAMPLES[name as keyof typeof EXAMPLES],
}));

/** Comments only: a fresh host uses the defaults, and takes its policy from the server that it joins. */
export function configurationFile(): string {
  const head = [
    "Settings of this host's Bulkhead agent; agent.yaml(5) has them all, too.",
    "Options on the command line go before the environment, the environment before this file. Nothing is set here until a line loses its '#'.",
    "After a change: systemctl restart bulkhead-agent. The rules stay in force meanwhile.",
  ];
  const settings = SETTINGS.map(({ name, meaning, example }) => `${comment(meaning)}#${name}: ${example}\n`);
  return `${head.map(comment).join("")}\n${settings.join("\n")}`;
}

export function configurationManual(version: string, epoch: number): string {
  const title = { name: "agent.yaml", section: 5, epoch, version, heading: "File Formats" };
  return manualPage(title, "settings of a host's Bulkhead agent", [
    ".SH SYNOPSIS",
    roff("/etc/bulkhead/agent.yaml"),
    ".SH DESCRIPTION",
    roff(
      "A YAML file with what 'bulkhead-agent run' would otherwise be told by options of the same names; other commands of bulkhead-agent take from it what they share, such as the state directory. " +
        "The command line goes before the environment, the environment before the file.",
    ),
    ...paragraph(
      "A setting that is not known, or has a value that it cannot have, is an error with its line: the agent then does not start, and the rules that are in force stay in force. " +
        "Where the file is needed no longer, or broken, BULKHEAD_CONFIG= (empty) before a command runs it without the file; BULKHEAD_CONFIG=FILE reads another one.",
    ),
    ".SH SETTINGS",
    ...SETTINGS.flatMap(({ name, meaning }) => term(name, meaning)),
    ".SH EXAMPLE",
    ...verbatim("policy: /etc/bulkhead/policy\nlog-level: warn\nmetrics-port: 9750"),
    ".SH SEE ALSO",
    roff("bulkhead-agent(8)"),
  ]);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Lines of comment of at most 100 characters. */
function comment(text: string): string {
  return text.replaceAll(/(\S.{0,97})(?:\s+|$)/g, "# $1\n");
}
