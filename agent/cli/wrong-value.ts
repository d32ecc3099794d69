import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

/** A value that an option cannot have. */
export function wrongValue(option: string, text: string, expected: string): BulkheadError {
  return new BulkheadError("command/wrong-usage", `--${option} is '${text}', expected ${expected}`);
}
