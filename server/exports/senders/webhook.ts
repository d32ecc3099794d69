/** A webhook: JSON by HTTPS, signed, so that its receiver knows who sent it, and when. */

import { createHmac } from "node:crypto";
import { FORMAT_VERSION, plainItem } from "../formats/json.ts";
import { ocsfEvent } from "../formats/ocsf.ts";
import type { Origin } from "../formats/origin.ts";
import type { Item } from "../item.ts";
import type { ReceiverSecrets, Target } from "../receiver.ts";
import { post } from "./post.ts";
import type { Sender, Sent } from "./sender.ts";

const MOST = 500;

export interface WebhookParts {
  readonly target: Extract<Target, { kind: "webhook" }>;
  readonly secrets: ReceiverSecrets;
  readonly origin: Origin;
  readonly now: () => number;
}

export class Webhook implements Sender {
  readonly most = MOST;
  readonly #parts: WebhookParts;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  async send(items: readonly Item[], signal: AbortSignal): Promise<Sent> {
    const { target, secrets, origin, now } = this.#parts;
    const body = JSON.stringify(
      target.format === "ocsf"
        ? items.map((item) => ocsfEvent(item, origin))
        : { formatVersion: FORMAT_VERSION, server: origin.server, items: items.map(plainItem) },
    );
    const { secret, headers, certificate, key } = secrets;
    const all = {
      "user-agent": `bulkhead/${origin.version}`,
      ...headers,
      ...(secret !== undefined && { "bulkhead-signature": signature(secret, body, now()) }),
    };
    await post({ url: target.url, body, headers: all, ca: target.ca, certificate, key }, signal);
    return { refused: 0 };
  }
}

/** `t=SECONDS,v1=HMAC`: SHA-256 over the seconds, a full stop and the body, in hexadecimal. The time is part of it, so that an old request cannot be sent again as a new one. */
export function signature(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}
