/** How facts and warnings leave the program. */

import type { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { errorText } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { ToldError } from "../control/daemon-status.ts";

/** Later versions add fields; the number changes when one changes its meaning or goes. */
const FORMAT_VERSION = 1;

/** One JSON document on standard output. */
export async function writeJson({ out }: Terminal, facts: object): Promise<void> {
  await out.write(`${JSON.stringify({ formatVersion: FORMAT_VERSION, ...facts }, null, 2)}\n`);
}

/** Warnings on standard error, each with its remedy. */
export async function warn({ program, err }: Terminal, notes: readonly BulkheadError[]): Promise<void> {
  for (const note of notes) await err.write(errorText(`${program}: warning`, note));
}

/** A note as it stands in JSON. */
export function noteFacts({ code, message, remedy }: ToldError): object {
  return { code, message, remedy };
}
