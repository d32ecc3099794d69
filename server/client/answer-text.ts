/** An answer's text, whole or line by line. */

import type { IncomingMessage } from "node:http";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

/** A plan of a large estate is one. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** `from` is the server as errors name it. Throws `server/no-answer` where it breaks off. */
export async function answerText(from: string, answer: IncomingMessage): Promise<string> {
  answer.setEncoding("utf8");
  let text = "";
  try {
    for await (const part of answer as AsyncIterable<string>) text += part;
  } catch (error) {
    throw brokenOff(from, error);
  }
  return text;
}

/** Lines without their ends, as they come; empty ones too. Throws `server/no-answer` where it breaks off. */
export async function* answerLines(from: string, answer: IncomingMessage): AsyncGenerator<string> {
  answer.setEncoding("utf8");
  let rest = "";
  try {
    for await (const part of answer as AsyncIterable<string>) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > LONGEST_LINE) throw new Error("a line is too long");
      yield* lines;
    }
  } catch (error) {
    throw brokenOff(from, error);
  }
  if (rest !== "") yield rest;
}

/** Throws `server/no-answer` for what is no JSON. */
export function parsed<T>(from: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw brokenOff(from, error);
  }
}

function brokenOff(from: string, error: unknown): BulkheadError {
  const words = error instanceof Error ? error.message : String(error);
  return new BulkheadError("server/no-answer", `the answer from ${from} broke off: ${words}`, {
    cause: error,
  });
}
