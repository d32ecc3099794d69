/** An authenticator for tests: shows the code of a moment, as a person's telephone does. */

import { codeOf, stepAt } from "../totp.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** @param secret in base32, as it was told. */
export function codeAt(secret: string, moment: number): string {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  return codeOf(Buffer.from(bytes), stepAt(moment));
}
