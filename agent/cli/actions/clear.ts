import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type Cleared, clear } from "../../apply/clear.ts";
import { ask, canAsk } from "../question.ts";
import { writeJson } from "../report.ts";
import { type ChangeOptions, changing } from "../session.ts";
import { orDeclined } from "./approval.ts";

export interface ClearOptions extends ChangeOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
}

export async function clearHost(options: ClearOptions, terminal: Terminal): Promise<ExitCode> {
  return orDeclined(terminal, async () => {
    if (
      !options.yes &&
      canAsk(terminal) &&
      !(await ask("Take the policy away? Nothing is enforced then.", terminal))
    )
      throw new BulkheadError("apply/declined", "declined; nothing was changed");
    const cleared = await changing(options, { command: "clear", removesState: true }, clear);
    if (options.json) await writeJson(terminal, cleared);
    else if (!options.quiet) await terminal.out.write(clearedText(cleared));
    return 0;
  });
}

function clearedText({ table, marks }: Cleared): string {
  const what = table ? "the table inet bulkhead is gone; nothing is enforced" : "there was no table of ours";
  return `${what}${marks === 0 ? "" : `; ${marks} connections no longer bear our mark`}\n`;
}
