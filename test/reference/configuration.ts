/** Everything that can be set: an agent's file, the server's settings, the environment. */

import { expectedOf } from "@bulkhead/agent/cli/configuration/settings.ts";
import { RUN_OPTIONS } from "@bulkhead/agent/cli/options.ts";
import type { CommandOption } from "@bulkhead/terminal/command.ts";
import { ENVIRONMENT } from "./environment.ts";
import { code, page, table } from "./page.ts";

/** A row of `bulkhead settings`: name, default, bounds, what it is for. */
export type SettingRow = readonly [name: string, usual: string, bounds: string, about: string];

export function configurationPage(settings: readonly SettingRow[]): string {
  return page(
    "Configuration",
    "Nothing has to be set before the first success.",
    "## /etc/bulkhead/agent.yaml",
    "What `bulkhead-agent run` would otherwise be told by options of the same names. The command line goes before the environment, the environment before the file.",
    table(
      ["setting", "what it is", "value"],
      Object.entries<CommandOption>(RUN_OPTIONS).map(([name, option]) => [
        code(name),
        option.describe ?? "",
        expectedOf(option),
      ]),
    ),
    "## The server's settings",
    "`bulkhead settings NAME VALUE` changes one, for an administrator; each change is in the history. Beside these, `bulkhead serve` is told by its options where to listen and where its data is ([bulkhead.md](bulkhead.md#serve)).",
    table(
      ["setting", "default", "from … to", "what it is"],
      settings.map(([name, ...more]) => [code(name), ...more]),
    ),
    "## The environment",
    table(
      ["variable", "what it is"],
      Object.entries(ENVIRONMENT).map(([name, meaning]) => [code(name), meaning]),
    ),
  );
}
