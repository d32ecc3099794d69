/** Where standard output ends up: what is told once must not be kept where others read it. */

import { fstatSync } from "node:fs";

const STANDARD_OUTPUT = 1;

/** Whether it is kept in the journal. `stream` is JOURNAL_STREAM (man 5 systemd.exec), which children inherit that write elsewhere, so it names the file that it is about. */
export function isJournal(
  stream: string | undefined,
  { dev, ino }: { readonly dev: number; readonly ino: number } = fstatSync(STANDARD_OUTPUT),
): boolean {
  return stream === `${dev}:${ino}`;
}
