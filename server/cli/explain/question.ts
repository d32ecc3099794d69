/** A question on a line of its own: one JSON object. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";

export interface Asked {
  readonly from: string;
  readonly to: string;
  readonly service: string;
  readonly unit?: string;
  readonly user?: string;
}

const NEEDED = ["from", "to", "service"] as const;
const KEYS: readonly string[] = [...NEEDED, "unit", "user"];

/** Throws `command/invalid-question` with what is wrong. */
export function readQuestion(line: string): Asked {
  const value = parsed(line);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("a question is a JSON object");
  for (const [key, entry] of Object.entries(value)) {
    if (!KEYS.includes(key)) throw unknownKey(key);
    if (typeof entry !== "string") throw invalid(`'${key}' is not a string`);
    if (entry === "") throw invalid(`'${key}' is empty`);
  }
  for (const key of NEEDED) if (!(key in value)) throw invalid(`'${key}' is missing`);
  return value as Asked;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw invalid(`the line is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unknownKey(key: string): BulkheadError {
  const near = nearest(key, KEYS);
  return invalid(`there is no key '${key}'${near === undefined ? "" : `, did you mean '${near}'?`}`);
}

function invalid(message: string): BulkheadError {
  return new BulkheadError("command/invalid-question", message);
}
