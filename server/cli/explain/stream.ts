/** Questions on a stream, answered line by line in order. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { catalogue } from "@bulkhead/shared/errors/catalogue.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Output } from "@bulkhead/terminal/output.ts";
import { type Line, LONGEST_LINE, linesOf } from "./lines.ts";

/** Answers are handed on in pieces of about this many characters: enough that the cost of a write does not count. */
const PIECE = 64 * 1024;

/**
 * Writes one line for each question, in order, and at the latest when all that was asked so far is answered, so that a program can ask and
 * wait. A line that `answer` throws a `BulkheadError` for is answered by that error in its place. Lines of nothing but white space are skipped.
 *
 * Gives 2 if any line was answered by an error, else 0. Stops early, with what it has so far, when nobody reads any more.
 */
export async function answerStream(
  input: AsyncIterable<Uint8Array>,
  out: Output,
  answer: (question: string) => string,
): Promise<ExitCode> {
  let number = 0;
  let failed = false;
  for await (const lines of linesOf(readable(input))) {
    let piece = "";
    for (const line of lines) {
      number++;
      if (line !== undefined && line.trim() === "") continue;
      const error = answered(line, answer);
      if (error instanceof BulkheadError) failed = true;
      piece += typeof error === "string" ? error : errorLine(error, number);
      piece += "\n";
      if (piece.length < PIECE) continue;
      await out.write(piece);
      piece = "";
    }
    await out.write(piece);
    if (out.closed) break;
  }
  return failed ? 2 : 0;
}

/** As `input`; throws `command/input-failed` where it cannot be read, as when it is a folder. */
async function* readable(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* input;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BulkheadError("command/input-failed", `the questions could not be read: ${reason}`, {
      cause: error,
    });
  }
}

function answered(line: Line, answer: (question: string) => string): string | BulkheadError {
  if (line === undefined)
    return new BulkheadError(
      "command/invalid-question",
      `the line is longer than ${LONGEST_LINE} bytes, which is the most that is read`,
    );
  try {
    return answer(line);
  } catch (error) {
    if (error instanceof BulkheadError) return error;
    throw error;
  }
}

function errorLine({ code, message, remedy }: BulkheadError, line: number): string {
  // The catalogue's own remedy is for a command line; one for this very question (the nearest name) is worth saying.
  const said = remedy === catalogue[code].remedy ? message : `${message} (${remedy})`;
  return JSON.stringify({ error: { code, message: said, line } });
}
