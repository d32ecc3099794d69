/** Join tokens at the centre: made here, shown once, and kept only as a hash. */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { formatJoinToken } from "@bulkhead/shared/protocol/join-token.ts";

export interface MintedToken {
  /** The whole token, to be shown once. */
  readonly text: string;
  readonly id: string;
  /** What is kept of the secret: see `hashSecret`. */
  readonly secretHash: string;
}

/** A new token for the authority with this fingerprint (`sha256:…`). `random` gives as many random bytes as it is asked for. */
export function mintToken(fingerprint: string, random: (bytes: number) => Buffer = randomBytes): MintedToken {
  const id = random(8).toString("hex");
  const secret = random(32).toString("base64url");
  return { text: formatJoinToken({ id, secret, fingerprint }), id, secretHash: hashSecret(secret) };
}

/** SHA-256 in 64 hexadecimal digits. A secret is 256 random bits, which nobody guesses however fast the hash is. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether the secret is the one that was hashed. Takes the same time wherever they differ. */
export function isSecret(secret: string, secretHash: string): boolean {
  const given = Buffer.from(hashSecret(secret));
  const kept = Buffer.from(secretHash);
  return given.length === kept.length && timingSafeEqual(given, kept);
}
