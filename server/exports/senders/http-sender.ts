/** What all receivers by HTTP have in common: to whom, as whom, and who says to be sending. */

import type { Origin } from "../formats/origin.ts";
import type { ReceiverSecrets, Target } from "../receiver.ts";
import { post } from "./post.ts";

export interface HttpParts<Kind extends Target["kind"]> {
  readonly target: Extract<Target, { readonly kind: Kind }>;
  readonly secrets: ReceiverSecrets;
  readonly origin: Origin;
  readonly now: () => number;
}

/**
 * Gives what the receiver answered. Throws as `post` does.
 * @param more headers of this body, beside those that the receiver's operator has given.
 */
export async function postJson(
  { target, secrets, origin }: HttpParts<"webhook"> | HttpParts<"otlp">,
  body: string,
  { signal, more = {} }: { readonly signal: AbortSignal; readonly more?: Readonly<Record<string, string>> },
): Promise<string> {
  const { headers: own, certificate, key } = secrets;
  const headers = { "user-agent": `bulkhead/${origin.version}`, ...own, ...more };
  return post({ url: target.url, body, headers, ca: target.ca, certificate, key }, signal);
}
