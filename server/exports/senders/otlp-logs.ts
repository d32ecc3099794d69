/** OpenTelemetry: log records by OTLP over HTTP, as JSON. */

import { z } from "zod";
import { otlpLogs } from "../formats/otlp.ts";
import type { Item } from "../item.ts";
import { type HttpParts, postJson } from "./http-sender.ts";
import type { Sender, Sent } from "./sender.ts";

const MOST = 500;

/** ExportLogsServiceResponse; an int64 is a text in JSON, which some receivers forget. */
const Response = z.object({
  partialSuccess: z.object({ rejectedLogRecords: z.coerce.number().int().min(0).optional() }).optional(),
});

export class OtlpLogs implements Sender {
  readonly most = MOST;
  readonly #parts: HttpParts<"otlp">;

  constructor(parts: HttpParts<"otlp">) {
    this.#parts = parts;
  }

  /** What a receiver takes in part must not be sent again (OTLP, "partial success"). */
  async send(items: readonly Item[], signal: AbortSignal): Promise<Sent> {
    const { origin, now } = this.#parts;
    const answer = await postJson(this.#parts, JSON.stringify(otlpLogs(items, origin, now())), { signal });
    return { refused: Math.min(rejected(answer), items.length) };
  }
}

function rejected(answer: string): number {
  try {
    return Response.parse(JSON.parse(answer)).partialSuccess?.rejectedLogRecords ?? 0;
  } catch {
    // Some answer with nothing, or in their own words: what they have taken, they have taken.
    return 0;
  }
}
