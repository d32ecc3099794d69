/** Proof of possession: whoever asks for a certificate has signed our text with the key that is to be certified. */

import { verify } from "node:crypto";
import { readHostKey } from "./public-key.ts";

/**
 * Whether the signature over the message (see `joinMessage`, `renewMessage`) is by this key (SubjectPublicKeyInfo in DER). P-256: ECDSA with SHA-256, the signature
 * in DER; Ed25519: the plain 64 bytes. Any other key, and whatever is not well-formed, is no proof. Never throws.
 */
export function verifyProof(proof: { publicKey: Buffer; message: string; signature: Buffer }): boolean {
  const host = readHostKey(proof.publicKey);
  if (host === undefined) return false;
  try {
    return verify(
      host.kind === "P-256" ? "sha256" : null,
      Buffer.from(proof.message),
      host.key,
      proof.signature,
    );
  } catch {
    return false;
  }
}
