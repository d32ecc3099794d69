/** The public keys that a host may have: one spelling each, so that a key that was revoked cannot come back in other clothes. */

import { createHash, createPublicKey, type KeyObject } from "node:crypto";

/** DER up to the key's own bytes. P-256 with an uncompressed point (RFC 5480), Ed25519 (RFC 8410); no other spelling is taken. */
const KINDS = [
  { kind: "P-256", start: "3059301306072a8648ce3d020106082a8648ce3d03010703420004", length: 91 },
  { kind: "Ed25519", start: "302a300506032b6570032100", length: 44 },
] as const;

export interface HostKey {
  readonly kind: (typeof KINDS)[number]["kind"];
  readonly key: KeyObject;
}

/** Reads a SubjectPublicKeyInfo in DER; undefined for every other kind of key, for other spellings, and for points off the curve. Never throws. */
export function readHostKey(spki: Buffer): HostKey | undefined {
  const found = KINDS.find(
    ({ start, length }) =>
      spki.length === length && spki.subarray(0, start.length / 2).equals(Buffer.from(start, "hex")),
  );
  if (found === undefined) return undefined;
  try {
    return { kind: found.kind, key: createPublicKey({ key: spki, format: "der", type: "spki" }) };
  } catch {
    return undefined;
  }
}

/** SHA-256 over the SubjectPublicKeyInfo, in 64 hexadecimal digits. */
export function publicKeyHash(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ format: "der", type: "spki" }))
    .digest("hex");
}
