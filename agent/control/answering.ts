/** How answers go over a connection. */

import type { ServerResponse } from "node:http";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { exitCodeOf } from "@bulkhead/shared/errors/error-text.ts";
import type { ToldError } from "./daemon-status.ts";
import type { Answer } from "./route.ts";

/** A reader that takes nothing for so long has gone, whatever its connection says. */
const STALL_MILLISECONDS = 30_000;
/** Lines are put together up to this size before they are sent. */
const CHUNK_CHARACTERS = 16_384;

export async function sendAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.kind === "lines") return sendLines(response, answer.lines);
  const text = answer.kind === "json" ? `${JSON.stringify(answer.body)}\n` : answer.text;
  const type = answer.kind === "json" ? "application/json" : answer.type;
  response.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(text) });
  await written(response, text);
  response.end();
}

/** Before the first byte of an answer only. */
export function sendError(response: ServerResponse, status: number, error: BulkheadError): void {
  const text = `${JSON.stringify(toldError(error))}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    connection: "close",
  });
  response.end(text);
}

export function toldError({ code, message, remedy }: BulkheadError): ToldError {
  return { code, message, remedy };
}

/** What a handler threw, as the status that fits it. */
export function statusOf(error: BulkheadError): number {
  if (error.code === "daemon/overloaded") return 503;
  return exitCodeOf(error) === 2 ? 400 : 500;
}

export function asBulkheadError(error: unknown): BulkheadError {
  if (error instanceof BulkheadError) return error;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new BulkheadError("command/defect", `unexpected failure in the daemon: ${words}`, { cause: error });
}

async function sendLines(
  response: ServerResponse,
  lines: Iterable<object> | AsyncIterable<object>,
): Promise<void> {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  // The asker learns that it is listened to before there is anything to say.
  response.flushHeaders();
  if (Symbol.asyncIterator in lines)
    // What happens now is told now.
    for await (const line of lines) await written(response, `${JSON.stringify(line)}\n`);
  else await sendTogether(response, lines);
  response.end();
}

async function sendTogether(response: ServerResponse, lines: Iterable<object>): Promise<void> {
  let chunk = "";
  for (const line of lines) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await written(response, chunk);
    chunk = "";
  }
  await written(response, chunk);
}

/** Resolves when the reader has made room. Rejects when it has gone, or has taken nothing for too long. */
async function written(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed) throw new Error("the reader has gone");
  if (text === "" || response.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const stalled = setTimeout(() => settle(new Error("the reader takes nothing")), STALL_MILLISECONDS);
    const settle = (error?: Error) => {
      clearTimeout(stalled);
      response.off("drain", drained).off("close", closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    const drained = () => settle();
    const closed = () => settle(new Error("the reader has gone"));
    response.once("drain", drained).once("close", closed);
  });
}
