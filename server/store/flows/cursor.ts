/** Where a page of a search ends, as a word that is handed back for the next one. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

export interface Cursor {
  /** The end of the time that the first page was asked for. */
  readonly until: number;
  /** Of the last flow of the page. */
  readonly end: number;
  readonly rank: string;
}

export function cursorText({ until, end, rank }: Cursor): string {
  return Buffer.from(JSON.stringify([until, end, rank])).toString("base64url");
}

/** Throws `server/invalid-request`. */
export function readCursor(text: string): Cursor {
  const [until, end, rank] = parsed(text);
  if (!Number.isSafeInteger(until) || !Number.isSafeInteger(end) || typeof rank !== "string")
    throw new BulkheadError("server/invalid-request", "the cursor is not one that a search gave");
  return { until: Number(until), end: Number(end), rank };
}

function parsed(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
