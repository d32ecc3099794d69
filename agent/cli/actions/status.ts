import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { status } from "../../apply/status.ts";
import { warn, writeJson } from "../report.ts";
import { looking, type SessionOptions } from "../session.ts";
import { statusFacts, statusText } from "../words/status.ts";

export interface StatusOptions extends SessionOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function showStatus(options: StatusOptions, terminal: Terminal): Promise<ExitCode> {
  const found = await looking(options, async (situation, agent) => status(situation, agent));
  if (!options.quiet) await warn(terminal, found.notes);
  if (options.json) await writeJson(terminal, statusFacts(found));
  else if (!options.quiet) await terminal.out.write(statusText(found, terminal.out.paint));
  return found.kernel === "holds" || found.kernel === "absent" ? 0 : 1;
}
