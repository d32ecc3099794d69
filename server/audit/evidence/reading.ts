/** Evidence that comes back from elsewhere: whether it is still what was made. */

import { createHash } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { Evidence } from "./evidence.ts";

const LONGEST = 256 * 1024 * 1024;

/** @param from as errors name it. Throws `command/wrong-usage` for what is no evidence. */
export function readEvidence(text: string, from: string): Evidence {
  try {
    if (text.length > LONGEST) throw new Error("it is too long");
    return Evidence.parse(JSON.parse(text));
  } catch (error) {
    const words = (error as Error).message.slice(0, 500);
    throw new BulkheadError("command/wrong-usage", `${from} is no evidence: ${words}`, { cause: error });
  }
}

/** `sha256:…` over all but digest and signature, in the schema's order. */
export function evidenceDigest({ digest: _, signature: __, ...body }: Evidence): string {
  return `sha256:${createHash("sha256").update(JSON.stringify(body)).digest("hex")}`;
}
