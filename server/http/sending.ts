/** How an answer goes to the asker. */

import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { type AnswerShape, isJson } from "./route.ts";

/** Lines are put together up to this size before they are sent. */
const CHUNK_CHARACTERS = 16_384;

/**
 * `answer` is what the handler returned. A schema's own errors are thrown as they are: a wrong answer is a defect of the server.
 * What fails in the middle of a stream breaks the connection off, so that the asker knows, and is told to `failed`.
 */
export function sendAnswer(
  reply: FastifyReply,
  { shape, answer, failed }: { shape: AnswerShape; answer: unknown; failed: (error: Error) => void },
): FastifyReply {
  if (isJson(shape)) return reply.type("application/json").send(JSON.stringify(shape.parse(answer)));
  switch (shape.kind) {
    case "text":
      if (shape.contentSecurityPolicy !== undefined)
        reply.header("content-security-policy", shape.contentSecurityPolicy);
      return reply.type(shape.mediaType).send(answer);
    case "lines":
      return reply.type("application/x-ndjson").send(streamOf(linesTogether(answer as Lines), failed));
    case "events":
      return reply.type("text/event-stream").send(streamOf(answer as AsyncIterable<string>, failed));
  }
}

type Lines = Iterable<object> | AsyncIterable<object>;

/** One piece ahead of the reader, no more. */
function streamOf(texts: AsyncIterable<string>, failed: (error: Error) => void): Readable {
  return Readable.from(texts, { objectMode: true, highWaterMark: 1 }).on("error", failed);
}

async function* linesTogether(lines: Lines): AsyncGenerator<string> {
  // What happens now is told now.
  if (Symbol.asyncIterator in lines) {
    for await (const line of lines) yield `${JSON.stringify(line)}\n`;
    return;
  }
  let chunk = "";
  for (const line of lines) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
