/** Questions on a stream, answered line by line in order. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Output } from "../output.ts";
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
  for await (const lines of linesOf(input)) {
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

function errorLine({ code, message }: BulkheadError, line: number): string {
  return JSON.stringify({ error: { code, message, line } });
}
