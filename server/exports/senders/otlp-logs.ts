/** OpenTelemetry: log records by OTLP over HTTP, as JSON. */

import { z } from "zod";
import type { Origin } from "../formats/origin.ts";
import { otlpLogs } from "../formats/otlp.ts";
import type { Item } from "../item.ts";
import type { ReceiverSecrets, Target } from "../receiver.ts";
import { post } from "./post.ts";
import type { Sender, Sent } from "./sender.ts";

const MOST = 500;

/** ExportLogsServiceResponse; an int64 is a text in JSON, which some receivers forget. */
const Response = z.object({
  partialSuccess: z.object({ rejectedLogRecords: z.coerce.number().int().min(0).optional() }).optional(),
});

export interface OtlpParts {
  readonly target: Extract<Target, { kind: "otlp" }>;
  readonly secrets: ReceiverSecrets;
  readonly origin: Origin;
  readonly now: () => number;
}

export class OtlpLogs implements Sender {
  readonly most = MOST;
  readonly #parts: OtlpParts;

  constructor(parts: OtlpParts) {
    this.#parts = parts;
  }

  /** What a receiver takes in part must not be sent again (OTLP, "partial success"). */
  async send(items: readonly Item[], signal: AbortSignal): Promise<Sent> {
    const { target, secrets, origin, now } = this.#parts;
    const { headers: own, certificate, key } = secrets;
    const headers = { "user-agent": `bulkhead/${origin.version}`, ...own };
    const body = JSON.stringify(otlpLogs(items, origin, now()));
    const answer = await post({ url: target.url, body, headers, ca: target.ca, certificate, key }, signal);
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
