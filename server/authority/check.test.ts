/** What `check` answers to bytes from anybody. */

import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { authority, DAY, derOf, HOUR, hostOf, NOW } from "./fixtures/hosts.ts";
import { malleate } from "./fixtures/malleate.ts";

test("a certificate says which host it is for, with its serial, key and times", async () => {
  const issuer = await authority();
  const host = await hostOf(issuer);
  expect(issuer.check(host.der, NOW)).toEqual({
    kind: "valid",
    host: { id: "h-1", name: "web-1" },
    serial: host.serial,
    publicKeyHash: expect.stringMatching(/^[\da-f]{64}$/),
    notBefore: NOW - 5 * 60_000,
    notAfter: NOW + HOUR,
  });
  expect(host).toMatchObject({ notBefore: NOW - 5 * 60_000, notAfter: NOW + HOUR });
  expect(host.serial).toMatch(/^[\da-f]{32}$/);
});

test("before its time and after it, a certificate says so with its own time and the clock's", async () => {
  const issuer = await authority();
  const { der } = await hostOf(issuer);
  expect(issuer.check(der, NOW - DAY)).toMatchObject({
    kind: "not-yet-valid",
    host: { id: "h-1" },
    why: "the certificate begins at 2026-11-23T11:55:00.000Z, and the server's clock says 2026-11-22T12:00:00.000Z; one of the two clocks may be wrong",
  });
  expect(issuer.check(der, NOW + HOUR - 1).kind).toBe("valid");
  expect(issuer.check(der, NOW + HOUR)).toMatchObject({
    kind: "expired",
    host: { id: "h-1" },
    why: "the certificate ended at 2026-11-23T13:00:00.000Z, and the server's clock says 2026-11-23T13:00:00.000Z; one of the two clocks may be wrong",
  });
});

test("a certificate that was altered in any one byte is not the certificate of another host", async () => {
  const issuer = await authority();
  const { der } = await hostOf(issuer);
  const kinds = new Map<string, number>();
  for (let at = 0; at < der.length; at++)
    for (const bit of [1, 128]) {
      const altered = Buffer.from(der);
      altered[at] = (altered[at] ?? 0) ^ bit;
      const { kind } = issuer.check(altered, NOW);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  expect([...kinds]).toEqual([["refused", 2 * der.length]]);
});

test("the twin of a signature changes neither serial nor key", async () => {
  const issuer = await authority();
  for (let round = 0; round < 20; round++) {
    const { der } = await hostOf(issuer);
    const twin = malleate(der);
    expect(twin.equals(der)).toBe(false);
    expect(malleate(twin).equals(der)).toBe(true);
    expect(issuer.check(twin, NOW)).toEqual(issuer.check(der, NOW));
    expect(issuer.check(twin, NOW).kind).toBe("valid");
  }
});

test("what is around the certificate, or another form of it, is refused", async () => {
  const issuer = await authority();
  const { der, pem } = await hostOf(issuer);
  const why = "it is no X.509 certificate in DER";
  for (const bytes of [
    Buffer.concat([der, Buffer.of(0)]),
    Buffer.from(pem),
    Buffer.of(),
    Buffer.alloc(1 << 20),
  ])
    expect(issuer.check(bytes, NOW)).toEqual({ kind: "refused", why });
});

test("the authority's root and the server's certificate are no host's", async () => {
  const issuer = await authority();
  const { certificate } = await issuer.serverCertificate({ names: ["bulkhead.example"], now: NOW });
  expect(issuer.check(new X509Certificate(certificate).raw, NOW)).toEqual({
    kind: "refused",
    why: "it is a server's, not a host's",
  });
  expect(issuer.check(derOf(issuer.rootPem), NOW)).toEqual({ kind: "refused", why: "it is not a host's" });
});

test("whatever the bytes, check answers", async () => {
  const issuer = await authority();
  const { der } = await hostOf(issuer);
  const cut = fc.nat(der.length - 1).map((length) => der.subarray(0, length));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }).map(Buffer.from), cut), (bytes) => {
      expect(issuer.check(bytes, NOW).kind).toBe("refused");
    }),
  );
});
