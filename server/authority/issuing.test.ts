/** What certificates are made for, and what for not. */

import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { invisibleIn } from "@bulkhead/shared/policy/read/names.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { authority, DAY, derOf, keys, NOW } from "./fixtures/hosts.ts";

test("every name that a policy may give to a host comes back as it was", async () => {
  const issuer = await authority();
  const { publicKey } = keys();
  const name = fc
    .oneof(
      fc.string({ minLength: 1, maxLength: 64, unit: "grapheme" }),
      fc.constantFrom("#0401", "a=b,CN=c", 'a"b\\', "a+b", "日本".repeat(64)),
    )
    .filter((text) => text.length <= 128);
  await fc.assert(
    fc.asyncProperty(name, async (text) => {
      const host = { id: "h-1", name: text };
      const made = issuer.issueHost({ host, publicKey, now: NOW, seconds: 60 });
      if (invisibleIn(text) === undefined)
        expect(issuer.check(derOf((await made).pem), NOW)).toMatchObject({ kind: "valid", host });
      else await expect(made).rejects.toMatchObject({ code: "server/certificate-refused" });
    }),
    { numRuns: 60 },
  );
});

test.each<[string, () => Buffer]>([
  ["RSA", () => spkiOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey)],
  ["P-384", () => spkiOf(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey)],
  ["secp256k1", () => spkiOf(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey)],
  ["X25519", () => spkiOf(generateKeyPairSync("x25519").publicKey)],
  ["a compressed P-256", compressed],
  ["a P-256 key beside the curve", () => Buffer.concat([keys().publicKey.subarray(0, 90), Buffer.of(0)])],
  ["a P-256 key with something behind", () => Buffer.concat([keys().publicKey, Buffer.of(0)])],
  ["no", () => Buffer.of()],
])("%s key gets no certificate", async (_, make) => {
  const issuer = await authority();
  const host = { id: "h-1", name: "web-1" };
  await expect(issuer.issueHost({ host, publicKey: make(), now: NOW, seconds: 60 })).rejects.toMatchObject({
    code: "server/certificate-refused",
  });
});

test.each([
  [{ host: { id: "h 1", name: "web-1" } }],
  [{ host: { id: "h-1,URI:bulkhead:host:h-2", name: "web-1" } }],
  [{ host: { id: "", name: "web-1" } }],
  [{ host: { id: "h-1", name: "" } }],
  [{ host: { id: "h-1", name: "web\u001b[2J" } }],
  [{ host: { id: "h-1", name: "w".repeat(129) } }],
  [{ seconds: 0 }],
  [{ seconds: Number.NaN }],
])("a certificate that could be misread is not made: %j", async (difference) => {
  const issuer = await authority();
  const request = { host: { id: "h-1", name: "web-1" }, publicKey: keys().publicKey, now: NOW, seconds: 60 };
  await expect(issuer.issueHost({ ...request, ...difference })).rejects.toMatchObject({
    code: "server/certificate-refused",
  });
});

test.each([[[]], [["a b"]], [["*.example"]], [["-a"]], [["10.0.0.0/8"]], [["fe80::1%eth0"]], [["a,DNS:b"]]])(
  "a server has DNS names and addresses, not %j",
  async (names) => {
    const issuer = await authority();
    await expect(issuer.serverCertificate({ names, now: NOW })).rejects.toMatchObject({
      code: "server/certificate-refused",
    });
  },
);

test("a server's certificate bears its names in one form each, for as many days as were asked for", async () => {
  const issuer = await authority();
  const names = ["Bulkhead.Example", "10.0.0.1", "fd00:0::1"];
  const { certificate, notAfter } = await issuer.serverCertificate({ names, now: NOW });
  const read = new X509Certificate(certificate);
  expect(read.subjectAltName).toBe(
    "DNS:bulkhead.example, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1",
  );
  expect(notAfter).toBe(NOW + 90 * DAY);
});

function spkiOf(key: ReturnType<typeof createPublicKey>): Buffer {
  return key.export({ format: "der", type: "spki" });
}

/** The same point, its y left to be computed: another SPKI, so another hash, of the same key. */
function compressed(): Buffer {
  const { publicKey } = keys();
  const point = publicKey.subarray(-65);
  const start = Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex");
  const parity = 2 + ((point[64] ?? 0) & 1);
  const spki = Buffer.concat([start, Buffer.of(parity), point.subarray(1, 33)]);
  expect(createPublicKey({ key: spki, format: "der", type: "spki" }).asymmetricKeyDetails?.namedCurve).toBe(
    "prime256v1",
  );
  return spki;
}
