/** A password that somebody chooses, for themselves or for somebody else. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { SecretInput } from "@bulkhead/terminal/secret-input.ts";

/** At a terminal it is typed twice; else it is the next line of the input. Throws `command/wrong-usage`. */
export async function newPassword(input: SecretInput, account: string): Promise<string> {
  const first = await input.next(`new password for ${account}`);
  if (first === undefined || first === "")
    throw new BulkheadError("command/wrong-usage", "no password: type it, or put it on standard input");
  if (input.isTerminal && (await input.next("once more")) !== first)
    throw new BulkheadError("command/wrong-usage", "the two passwords differ");
  return first;
}
