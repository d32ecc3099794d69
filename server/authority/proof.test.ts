import { sign } from "node:crypto";
import { joinMessage, renewMessage } from "@bulkhead/shared/protocol/join-token.ts";
import { expect, test } from "vitest";
import { keys } from "./fixtures/hosts.ts";
import { verifyProof } from "./proof.ts";

const KINDS = [
  ["P-256", "sha256"],
  ["Ed25519", null],
] as const;

test.each(KINDS)("a %s key proves itself over our text and over no other", (kind, digest) => {
  const { publicKey, privateKey } = keys(kind);
  const message = joinMessage({ tokenId: "00112233aabbccdd", publicKey, nonce: "n-1" });
  const signature = sign(digest, Buffer.from(message), privateKey);
  expect(verifyProof({ publicKey, message, signature })).toBe(true);
  const others = [
    joinMessage({ tokenId: "00112233aabbccdd", publicKey, nonce: "n-2" }),
    joinMessage({ tokenId: "00112233aabbccde", publicKey, nonce: "n-1" }),
    joinMessage({ tokenId: "00112233aabbccdd", publicKey: keys(kind).publicKey, nonce: "n-1" }),
    renewMessage({ hostId: "00112233aabbccdd", publicKey, nonce: "n-1" }),
  ];
  for (const other of others) expect(verifyProof({ publicKey, message: other, signature })).toBe(false);
  expect(verifyProof({ publicKey: keys(kind).publicKey, message, signature })).toBe(false);
});

test.each(KINDS)("what is no signature of a %s key is no proof, and no error", (kind, digest) => {
  const { publicKey, privateKey } = keys(kind);
  const message = "text";
  const good = sign(digest, Buffer.from(message), privateKey);
  const bad = [
    Buffer.of(),
    Buffer.alloc(64),
    Buffer.alloc(10_000, 0x30),
    good.subarray(1),
    Buffer.concat([good, good]),
  ];
  for (const signature of bad) expect(verifyProof({ publicKey, message, signature })).toBe(false);
  for (const key of [Buffer.of(), publicKey.subarray(1), Buffer.concat([publicKey, Buffer.of(0)])])
    expect(verifyProof({ publicKey: key, message, signature: good })).toBe(false);
});

test("the text that is signed is the one that both ends know", () => {
  const publicKey = Buffer.from([1, 2, 3]);
  expect(joinMessage({ tokenId: "id", publicKey, nonce: "n" })).toBe("bulkhead-join-1\nid\nAQID\nn");
  expect(renewMessage({ hostId: "h", publicKey, nonce: "n" })).toBe("bulkhead-renew-1\nh\nAQID\nn");
});
