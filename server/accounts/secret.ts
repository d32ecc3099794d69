/** Secrets: 256 random bits, shown once, kept as their hash. */

import { createHash, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;
const ID_BYTES = 8;

/** 43 characters of base64url (RFC 4648, 5). */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** What a secret is kept and shown by; it opens nothing. */
export function newId(): string {
  return randomBytes(ID_BYTES).toString("base64url");
}

/** SHA-256: enough for 256 random bits, where a password would need a slow hash. */
export function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
