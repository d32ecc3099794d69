/** Time-based one-time passwords (RFC 6238), as authenticators make them: HMAC-SHA-1, 30 seconds, 6 digits. */

import { createHmac, timingSafeEqual } from "node:crypto";

const STEP_SECONDS = 30;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export interface TotpOptions {
  /** As `node:crypto` names it; most authenticators know `sha1` alone. */
  readonly hash?: "sha1" | "sha256" | "sha512";
  readonly digits?: number;
}

/** The time step T of a moment (RFC 6238, 4.2), in milliseconds since 1970. */
export function stepAt(moment: number): number {
  return Math.floor(moment / 1_000 / STEP_SECONDS);
}

/** HOTP of a counter (RFC 4226, 5.3). */
export function codeOf(
  secret: Buffer,
  step: number,
  { hash = "sha1", digits = 6 }: TotpOptions = {},
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(hash, secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** The step that the code is of: the present one, or one before or after it, for clocks differ (RFC 6238, 5.2). Undefined where it is of none. */
export function stepOf(secret: Buffer, code: string, moment: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = stepAt(moment);
  // All three are looked at, whichever is right.
  const right = [now, now - 1, now + 1].filter((step) =>
    timingSafeEqual(Buffer.from(codeOf(secret, step)), Buffer.from(code)),
  );
  return right[0];
}

/** Base32 (RFC 4648, 6) without padding: what is typed into an authenticator that has no camera. */
export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const fives = bits.match(/.{1,5}/g) ?? [];
  return fives.map((five) => ALPHABET[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** What authenticators read from a QR code (Google's Key URI format, which all follow). */
export function otpauthUri(
  secret: Buffer,
  { issuer, account }: { readonly issuer: string; readonly account: string },
): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({
    secret: base32(secret),
    issuer,
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
  return `otpauth://totp/${label}?${query.toString().replaceAll("+", "%20")}`;
}
