/** How a request fails: always as `{ error: { code, message, remedy } }`, and without details where the server did not expect it. */

import type { Duplex } from "node:stream";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { HEADER_BYTES, WASTED_BODY_BYTES } from "./bounds.ts";
import type { Journal } from "./journal.ts";
import { errorBody, statusOf } from "./status.ts";

/** Answers with the error, whatever was thrown. */
export function sendError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  journal: Journal,
): FastifyReply {
  const error = told(thrown, request, journal);
  const status = statusOf(error.code);
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="bulkhead"');
  if (!request.raw.complete) {
    // What is left of a body is not waited for; but who goes on writing to a connection that was closed sees that, and not the answer: so of those who are known it is read to its end, and thrown away.
    if (isBounded(request)) reply.removeHeader("connection");
    else reply.header("connection", "close");
  }
  return reply
    .code(status)
    .type("application/json")
    .send(JSON.stringify(errorBody(error)));
}

function isBounded({ admitted, headers }: FastifyRequest): boolean {
  return admitted?.principal !== undefined && Number(headers["content-length"]) <= WASTED_BODY_BYTES;
}

function told(thrown: unknown, request: FastifyRequest, journal: Journal): BulkheadError {
  if (thrown instanceof BulkheadError) {
    if (statusOf(thrown.code) >= 500) writeFailure(thrown, request, journal);
    return thrown;
  }
  const refused = refusedByFastify(thrown, request);
  if (refused !== undefined) return refused;
  writeFailure(thrown, request, journal);
  return new BulkheadError("command/defect", `the server failed at request ${request.id}`, {
    remedy: "Tell whoever runs the server: its journal says what happened, under this request's number.",
    cause: thrown,
  });
}

/** For whoever runs the server. The route is told as declared: an address as sent may hold secrets. */
export function writeFailure(error: unknown, request: FastifyRequest, journal: Journal): void {
  const { id, method, routeOptions } = request;
  journal.error({ request: id, method, route: routeOptions?.url, error }, "a request could not be answered");
}

/** What Fastify itself refuses, before a handler is asked. */
function refusedByFastify(thrown: unknown, { routeOptions }: FastifyRequest): BulkheadError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code = "", statusCode = 500 } = thrown as Error & { code?: string; statusCode?: number };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new BulkheadError(
      "server/too-large",
      `the body is larger than the ${routeOptions.bodyLimit} bytes that it may have`,
    );
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return new BulkheadError("server/invalid-request", "the body must be application/json");
  // The body's parser has no code of its own.
  if (statusCode === 400 && (code.startsWith("FST_ERR_") || thrown instanceof SyntaxError))
    return new BulkheadError(
      "server/invalid-request",
      "the request is malformed: its address, its length or its JSON",
    );
  return undefined;
}

/** Before there is a request: bytes that are no HTTP, or come too slowly. Says why, and closes. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  const refusal = refusalOf(error.code ?? "");
  if (refusal === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  const [line, told] = refusal;
  const body = JSON.stringify(errorBody(told));
  const headers = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.end(`HTTP/1.1 ${line}\r\n${headers}\r\n\r\n${body}`, () => socket.destroy());
}

function refusalOf(code: string): [line: string, error: BulkheadError] | undefined {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return [
      "408 Request Timeout",
      new BulkheadError("server/invalid-request", "the request did not come to its end in time"),
    ];
  if (code === "HPE_HEADER_OVERFLOW")
    return [
      "431 Request Header Fields Too Large",
      new BulkheadError("server/too-large", `the headers are larger than ${HEADER_BYTES} bytes`),
    ];
  if (code.startsWith("HPE_"))
    return ["400 Bad Request", new BulkheadError("server/invalid-request", "this is not HTTP/1.1")];
  return undefined;
}
