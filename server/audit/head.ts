/** The head of the log as it is written down: `NUMBER:HASH`. Kept elsewhere, it shows whether the log up to there is still the same. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ChainHead } from "../store/estate/event-store.ts";

export const HEAD_TEXT = /^(\d{1,15}):([0-9a-f]{64})$/;

export function headText({ number, hash }: ChainHead): string {
  return `${number}:${hash}`;
}

/** Throws `command/wrong-usage`. */
export function parseHead(text: string): ChainHead {
  const [, number, hash] = HEAD_TEXT.exec(text.trim()) ?? [];
  if (number === undefined || hash === undefined)
    throw new BulkheadError(
      "command/wrong-usage",
      `'${text}' is no head of an audit log, expected NUMBER:HASH as \`bulkhead audit head\` prints it`,
    );
  return { number: Number(number), hash };
}

/** What the authority signs of a head. */
export function headStatement(head: ChainHead): `bulkhead ${string}` {
  return `bulkhead audit head 1\n${headText(head)}\n`;
}
