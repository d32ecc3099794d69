/** One request to a receiver by HTTP: what is not said goes nowhere else, as no redirect is followed, and what is answered is not kept. */

import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { connectionFailure, DeliveryFailure } from "./sender.ts";

export interface Posting {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM: whom to trust instead of this machine's authorities. */
  readonly ca: string | undefined;
  /** PEM, by which the receiver knows us. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

const TIMEOUT_MILLISECONDS = 30_000;
const MOST_ANSWER = 65_536;
const MOST_RETRY_AFTER = 600_000;

/** Statuses that say: not these things, or not so many of them (RFC 9110). Any other than 2xx may be another one later. */
const REFUSALS = new Set([400, 413, 422]);

/** Gives the text of an answer of 2xx, as far as it is small. Throws a DeliveryFailure. */
export async function post(posting: Posting, signal: AbortSignal): Promise<string> {
  const { url, body, headers, ca, certificate, key } = posting;
  const { protocol, origin } = new URL(url);
  const options: RequestOptions = {
    method: "POST",
    agent: false,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]),
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
    minVersion: "TLSv1.2",
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { cert: certificate, key }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = (protocol === "https:" ? httpsRequest : httpRequest)(url, options);
  asked.on("error", reject);
  asked.on("response", (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (part: string) => {
      if (text.length < MOST_ANSWER) text += part;
    });
    answer.on("error", reject);
    answer.on("end", () =>
      resolve({ status: answer.statusCode ?? 0, text, retryAfter: answer.headers["retry-after"] }),
    );
  });
  asked.end(body);
  const answer = await promise.catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw connectionFailure(error, origin);
  });
  return accepted(answer, origin);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

function accepted({ status, text, retryAfter }: Answer, origin: string): string {
  if (status >= 200 && status < 300) return text;
  const seconds = /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) : 0;
  const words = status >= 300 && status < 400 ? "; redirects are not followed" : "";
  throw new DeliveryFailure(`${origin} answers with status ${status}${words}`, {
    isRefusal: REFUSALS.has(status),
    retryAfter: Math.min(seconds * 1000, MOST_RETRY_AFTER),
  });
}
