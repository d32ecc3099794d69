import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { failed } from "@bulkhead/terminal/failure.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { warn, writeJson } from "../report.ts";
import { looking, type SessionOptions } from "../session.ts";

export interface ShowOptions extends SessionOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function showRuleset(options: ShowOptions, terminal: Terminal): Promise<ExitCode> {
  const { ruleset, notes } = await looking(options, async ({ notes }, { kernel }) => ({
    ruleset: await kernel.nft.list(),
    notes,
  }));
  if (!options.quiet) await warn(terminal, notes);
  if (options.json) await writeJson(terminal, { ruleset: ruleset ?? null });
  else if (!options.quiet) await terminal.out.write(ruleset ?? "");
  if (ruleset !== undefined) return 0;
  await failed(new BulkheadError("apply/nothing-applied", "the kernel has no table inet bulkhead"), terminal);
  return 1;
}
