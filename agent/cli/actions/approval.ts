/** Asking before something is cut that the one who asks may be sitting on. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { failed } from "@bulkhead/terminal/failure.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { NamedCut } from "../../apply/sessions.ts";
import { ask, canAsk } from "../question.ts";
import { cutsText } from "../words/cuts.ts";

/** Asks where SSH sessions are among the connections that would be cut, and somebody is there to answer. */
export function approval(
  given: boolean,
  terminal: Terminal,
): (cuts: readonly NamedCut[]) => Promise<boolean> {
  return async (cuts) => {
    const sessions = cuts.filter(({ ssh }) => ssh !== undefined);
    if (given || sessions.length === 0 || !canAsk(terminal)) return true;
    await terminal.err.write(cutsText(sessions, (count) => `${count} would be cut`, terminal.err.paint));
    return ask("Cut them? (--confirm-within would bring them back without a confirm.)", terminal);
  };
}

/** Being told no is an answer, and no failure. */
export async function orDeclined(terminal: Terminal, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BulkheadError) || error.code !== "apply/declined") throw error;
    await failed(error, terminal);
    return 1;
  }
}
