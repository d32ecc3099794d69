import { expect, test } from "vitest";
import { base32, codeOf, otpauthUri, stepAt, stepOf } from "./totp.ts";

const SECRET = Buffer.from("12345678901234567890");

/** RFC 6238, appendix B, with the secrets of its reference implementation (as long as the hash; erratum 2866). */
const VECTORS = [
  [59, "94287082", "46119246", "90693936"],
  [1111111109, "07081804", "68084774", "25091201"],
  [1111111111, "14050471", "67062674", "99943326"],
  [1234567890, "89005924", "91819424", "93441116"],
  [2000000000, "69279037", "90698825", "38618901"],
  [20000000000, "65353130", "77737706", "47863826"],
] as const;

const longSecret = (length: number) => Buffer.from("1234567890".repeat(7).slice(0, length));

test.each(VECTORS)("RFC 6238 at %d s: %s, %s, %s", (seconds, sha1, sha256, sha512) => {
  const step = stepAt(seconds * 1_000);
  expect(codeOf(SECRET, step, { digits: 8 })).toBe(sha1);
  expect(codeOf(longSecret(32), step, { digits: 8, hash: "sha256" })).toBe(sha256);
  expect(codeOf(longSecret(64), step, { digits: 8, hash: "sha512" })).toBe(sha512);
  expect(codeOf(SECRET, step)).toBe(sha1.slice(2));
});

/** RFC 4226, appendix D. */
test.each(
  ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"].map(
    (code, counter) => [counter, code] as const,
  ),
)("RFC 4226 for the counter %d: %s", (counter, code) => {
  expect(codeOf(SECRET, counter)).toBe(code);
});

test("a code is good in its own half minute and the ones beside it, and in no other", () => {
  const at = 1_800_000_000_000;
  const now = stepAt(at);
  const found = [-2, -1, 0, 1, 2].map((away) => stepOf(SECRET, codeOf(SECRET, now + away), at));
  expect(found).toEqual([undefined, now - 1, now, now + 1, undefined]);
});

test("what is no code of six digits is of no step", () => {
  const at = 1_800_000_000_000;
  const code = codeOf(SECRET, stepAt(at));
  for (const text of ["", "12345", `${code}0`, `${code} `, "１２３４５６", "-12345"])
    expect(stepOf(SECRET, text, at), text).toBeUndefined();
});

/** RFC 4648, 10. */
test.each([
  ["", ""],
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foo", "MZXW6"],
  ["foob", "MZXW6YQ"],
  ["fooba", "MZXW6YTB"],
  ["foobar", "MZXW6YTBOI"],
])("base32 of %j is %s", (text, expected) => {
  expect(base32(Buffer.from(text))).toBe(expected);
});

test("an authenticator is told all that it needs, whatever the account is called", () => {
  expect(otpauthUri(SECRET, { issuer: "Bulkhead", account: "anna@x&y" })).toBe(
    "otpauth://totp/Bulkhead:anna%40x%26y?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bulkhead&algorithm=SHA1&digits=6&period=30",
  );
});
