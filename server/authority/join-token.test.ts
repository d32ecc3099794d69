import { parseJoinToken } from "@bulkhead/shared/protocol/join-token.ts";
import { expect, test } from "vitest";
import { hashSecret, isSecret, mintToken } from "./join-token.ts";

const fingerprint = `sha256:${"5a".repeat(32)}`;

test("a token that was minted is read back, and only its hash is needed to know the secret again", () => {
  const minted = mintToken(fingerprint);
  const token = parseJoinToken(minted.text);
  if ("problem" in token) throw new Error(token.problem);
  expect(token).toMatchObject({ id: minted.id, fingerprint });
  expect(minted.secretHash).toMatch(/^[\da-f]{64}$/);
  expect(minted.secretHash).not.toContain(token.secret);
  expect(isSecret(token.secret, minted.secretHash)).toBe(true);
  expect(isSecret(`${token.secret}A`, minted.secretHash)).toBe(false);
  expect(isSecret("", minted.secretHash)).toBe(false);
  expect(isSecret(token.secret, "")).toBe(false);
});

test("no two tokens are alike", () => {
  const minted = Array.from({ length: 100 }, () => mintToken(fingerprint));
  expect(new Set(minted.map(({ id }) => id)).size).toBe(100);
  expect(new Set(minted.map(({ secretHash }) => secretHash)).size).toBe(100);
});

test("the secret has 256 bits of the source of randomness", () => {
  const asked: number[] = [];
  const { secretHash } = mintToken(fingerprint, (bytes) => {
    asked.push(bytes);
    return Buffer.alloc(bytes, 3);
  });
  expect(asked).toEqual([8, 32]);
  expect(secretHash).toBe(hashSecret(Buffer.alloc(32, 3).toString("base64url")));
});
