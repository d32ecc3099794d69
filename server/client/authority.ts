/** The authority that a server belongs to: fetched before anything is trusted, and believed only if its fingerprint is the expected one. */

import { createHash, X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { unreached } from "./failures.ts";

const PATIENCE_MILLISECONDS = 15_000;
const LONGEST = 65_536;

/** The 64 hexadecimal digits of `sha256:…`, with or without colons between them. Throws `server/not-pinned`. */
export function fingerprintDigits(text: string): string {
  const digits = text
    .replace(/^sha256:/i, "")
    .replaceAll(":", "")
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  throw new BulkheadError(
    "server/not-pinned",
    `'${text}' is no fingerprint: sha256: and 64 hexadecimal digits`,
  );
}

/** SHA-256 of a certificate's SubjectPublicKeyInfo as 64 hexadecimal digits: what `bulkhead serve` prints of its authority. */
export function fingerprintOf({ publicKey }: X509Certificate): string {
  const spki = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("hex");
}

/**
 * The root certificate of the server at `origin`, PEM. Nothing secret is sent. Throws `server/false-server` where it is another than that of
 * `fingerprint` (64 hexadecimal digits), `server/unreachable`.
 */
export async function fetchAuthority(origin: string, fingerprint: string): Promise<string> {
  const text = await fetchUntrusted(origin);
  const certificate = firstCertificate(text);
  const found = certificate && fingerprintOf(certificate);
  if (certificate === undefined || found !== fingerprint)
    throw new BulkheadError(
      "server/false-server",
      `${origin} shows ${found === undefined ? "no authority" : `the authority sha256:${found}`}, expected sha256:${fingerprint}`,
    );
  // That one alone: whatever else stood in the answer was not looked at.
  return certificate.toString();
}

/** Undefined for what is no certificate in PEM. */
export function firstCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

/** Whoever answers, answers: this is the one request that trusts nobody and believes nothing. */
async function fetchUntrusted(origin: string): Promise<string> {
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = request(`${origin}/authority.pem`, {
    agent: false,
    signal,
    rejectUnauthorized: false,
    minVersion: "TLSv1.3",
  });
  asked.once("response", resolve);
  asked.on("error", reject);
  asked.end();
  try {
    const answer = await promise;
    answer.setEncoding("latin1");
    let text = "";
    for await (const part of answer as AsyncIterable<string>) {
      text += part;
      if (text.length > LONGEST) break;
    }
    return text;
  } catch (error) {
    throw unreached(origin, error as NodeJS.ErrnoException);
  }
}
