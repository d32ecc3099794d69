/** A webhook: JSON by HTTPS, signed, so that its receiver knows who sent it, and when. */

import { createHmac } from "node:crypto";
import { FORMAT_VERSION, plainItem } from "../formats/json.ts";
import { ocsfEvent } from "../formats/ocsf.ts";
import type { Item } from "../item.ts";
import { type HttpParts, postJson } from "./http-sender.ts";
import type { Sender, Sent } from "./sender.ts";

const MOST = 500;

export class Webhook implements Sender {
  readonly most = MOST;
  readonly #parts: HttpParts<"webhook">;

  constructor(parts: HttpParts<"webhook">) {
    this.#parts = parts;
  }

  async send(items: readonly Item[], signal: AbortSignal): Promise<Sent> {
    const { target, secrets, origin, now } = this.#parts;
    const body = JSON.stringify(
      target.format === "ocsf"
        ? items.map((item) => ocsfEvent(item, origin))
        : { formatVersion: FORMAT_VERSION, server: origin.server, items: items.map(plainItem) },
    );
    const { secret } = secrets;
    const more = secret === undefined ? {} : { "bulkhead-signature": signature(secret, body, now()) };
    await postJson(this.#parts, body, { signal, more });
    return { refused: 0 };
  }
}

/** `t=SECONDS,v1=HMAC`: SHA-256 over the seconds, a full stop and the body, in hexadecimal. The time is part of it, so that an old request cannot be sent again as a new one. */
export function signature(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}
