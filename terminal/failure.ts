import { inspect } from "node:util";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type ExitCode, errorText, exitCodeOf } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "./output.ts";

/** Says what went wrong and gives the exit code for it. A stack trace only where somebody is looking for a defect. */
export async function failed(error: unknown, { program, err }: Terminal): Promise<ExitCode> {
  const known = error instanceof BulkheadError ? error : defect(error);
  const debug = (process.env.BULKHEAD_DEBUG ?? "") !== "";
  // A terminal's own output may be what failed: then the exit code is all that is left to say.
  await err.write(`${errorText(program, known)}${debug ? `${inspect(error)}\n` : ""}`).catch(() => {});
  return exitCodeOf(known);
}

function defect(error: unknown): BulkheadError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
  return new BulkheadError("command/defect", `unexpected failure: ${message}`, { cause: error });
}
