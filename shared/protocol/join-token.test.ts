import fc from "fast-check";
import { expect, test } from "vitest";
import { formatJoinToken, parseJoinToken } from "./join-token.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const tokens = fc.tuple(bytes(8), bytes(32), bytes(32)).map(([id, secret, hash]) => ({
  id: id.toHex(),
  secret: secret.toBase64({ alphabet: "base64url", omitPadding: true }),
  fingerprint: `sha256:${hash.toHex()}`,
}));
const GOOD = formatJoinToken({
  id: "00112233aabbccdd",
  secret: "A".repeat(43),
  fingerprint: `sha256:${"ff".repeat(32)}`,
});

test("a token is five pieces on one line", () => {
  expect(GOOD).toBe(`bulkhead-join-1.00112233aabbccdd.${"A".repeat(43)}.${"_".repeat(42)}8.a7a1201e`);
});

test("whatever it says, a token is read as it was written, with or without space around it", () => {
  fc.assert(
    fc.property(tokens, (token) => {
      expect(parseJoinToken(formatJoinToken(token))).toEqual(token);
      expect(parseJoinToken(`  ${formatJoinToken(token)}\r\n`)).toEqual(token);
    }),
  );
});

test("one character changed, left out, added, or exchanged with the next is seen", () => {
  const character = fc.constantFrom(..."ABYZabyz019-_. \n=ü");
  fc.assert(
    fc.property(tokens, fc.nat(200), character, (token, seed, other) => {
      const text = formatJoinToken(token);
      const at = seed % text.length;
      const [before, after] = [text.slice(0, at), text.slice(at + 1)];
      const slips = [before + other + after, before + after, before + other + text.slice(at)];
      slips.push(before + (after[0] ?? "") + text[at] + after.slice(1));
      for (const slip of slips)
        if (slip.trim() !== text) expect(parseJoinToken(slip)).toHaveProperty("problem");
    }),
    { numRuns: 1_000 },
  );
});

test("only the checksum tells a character that could well stand there", () => {
  expect(parseJoinToken(GOOD.replace("0011", "0012"))).toEqual({
    kind: "checksum",
    problem: "the join token's checksum is wrong: a character was changed on the way; copy it again",
  });
});

test.each([
  [
    "",
    "no-token",
    "this is no join token, expected bulkhead-join-1.ID.SECRET.AUTHORITY.CHECKSUM, with 'bulkhead-join-1.' first",
  ],
  [
    "hunter2",
    "no-token",
    "this is no join token, expected bulkhead-join-1.ID.SECRET.AUTHORITY.CHECKSUM, with 'bulkhead-join-1.' first",
  ],
  [
    GOOD.replace("join-1", "join-2"),
    "version",
    "the join token has version 2, and this program reads version 1 only",
  ],
  [
    "bulkhead-join-1",
    "cut",
    "the join token has 1 pieces between its dots, expected 5: bulkhead-join-1.ID.SECRET.AUTHORITY.CHECKSUM",
  ],
  [
    GOOD.slice(0, 60),
    "cut",
    "the join token has 3 pieces between its dots, expected 5: bulkhead-join-1.ID.SECRET.AUTHORITY.CHECKSUM",
  ],
  [
    GOOD.slice(0, -2),
    "piece",
    "the join token's checksum has 6 characters, expected 8; copy the token again",
  ],
  [
    GOOD.replace(".AA", ".A"),
    "piece",
    "the join token's secret has 42 characters, expected 43; copy the token again",
  ],
  [
    GOOD.replace("A.", "B."),
    "piece",
    "the join token's secret has a character that cannot stand there; copy the token again",
  ],
  [
    GOOD.replace("aabb", "AABB"),
    "piece",
    "the join token's id has a character that cannot stand there; copy the token again",
  ],
  [
    `${GOOD.slice(0, 40)}\n${GOOD.slice(40)}`,
    "piece",
    "the join token has a space, a line break or another strange character in place 41",
  ],
])("'%s' is refused (%s): %s", (text, kind, problem) => {
  expect(parseJoinToken(text)).toEqual({ kind, problem });
});

test("whatever the text, it is read or refused, and no problem repeats it", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((end) => GOOD.slice(0, 80) + end),
      ),
      (text) => {
        const read = parseJoinToken(text);
        expect(JSON.stringify(read)).not.toContain("A".repeat(10));
        expect(read).toHaveProperty("problem");
      },
    ),
  );
});

test("pieces that do not have their form make no token", () => {
  const good = { id: "00112233aabbccdd", secret: "A".repeat(43), fingerprint: `sha256:${"ff".repeat(32)}` };
  expect(() => formatJoinToken({ ...good, id: "1" })).toThrow(RangeError);
  expect(() => formatJoinToken({ ...good, secret: "" })).toThrow(RangeError);
  expect(() => formatJoinToken({ ...good, fingerprint: "sha256:ff" })).toThrow(RangeError);
  expect(() => formatJoinToken({ ...good, fingerprint: "sha256:xyz" })).toThrow();
});
