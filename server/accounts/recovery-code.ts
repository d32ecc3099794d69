/** Recovery codes: each is good once, in the place of an authenticator that is lost. */

import { randomBytes } from "node:crypto";
import { hashOf } from "./secret.ts";
import { base32 } from "./totp.ts";

export const RECOVERY_CODES = 10;

/** 80 bits: nobody guesses them, so a fast hash is enough. */
const BYTES = 10;

/** `ABCD-EFGH-IJKL-MNOP`. */
export function newRecoveryCode(): string {
  return base32(randomBytes(BYTES)).match(/.{4}/g)?.join("-") ?? "";
}

/** Of what somebody typed from paper; undefined for what has not the form of a recovery code. */
export function recoveryHash(typed: string): Buffer | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, "");
  return /^[A-Z2-7]{16}$/.test(code) ? hashOf(code) : undefined;
}
