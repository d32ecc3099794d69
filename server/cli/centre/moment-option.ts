/** A moment on the command line: so long ago, a day, or a time with its zone. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { parseSeconds } from "./labels.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

export interface MomentOption {
  /** Its name, without the hyphens. */
  readonly option: string;
  readonly text: string;
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly now: number;
  /** Which end of a day is meant where only a day is named; days are those of UTC. */
  readonly end: "begin" | "end";
}

/** Milliseconds since 1970-01-01T00:00Z. Throws `command/wrong-usage`. */
export function parseMoment({ option, text, now, end }: MomentOption): number {
  if (/^\d+[smhd]$/.test(text)) return now - parseSeconds(option, text) * 1_000;
  const isDay = DAY.test(text);
  const parsed = isDay || TIME.test(text) ? Date.parse(text) : Number.NaN;
  // A day that there is not, such as the 31st of April, would be read as the next one.
  const isReal = !Number.isNaN(parsed) && (!isDay || new Date(parsed).toISOString().startsWith(text));
  if (!isReal)
    throw new BulkheadError(
      "command/wrong-usage",
      `--${option} is '${text}', expected how long ago (90m, 7d), a day (2026-11-30) or a time with its zone (2026-11-30T18:00:00Z)`,
    );
  return isDay && end === "end" ? parsed + 86_400_000 - 1 : parsed;
}
