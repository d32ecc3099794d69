/** An authority that is rotated under hosts which know its old root, its new one, both, or no more than a fingerprint: real connections on loopback. */

import { createHash, type X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { expect, test } from "vitest";
import { openAuthority } from "./authority.ts";
import { authority, directory, hostOf } from "./fixtures/hosts.ts";
import { client, meetingPlace, serverOf } from "./fixtures/tls.ts";

const now = Date.now();

test("no host is lost by a rotation: with either certificate, knowing either root or both", async () => {
  const path = directory();
  const issuer = await openAuthority({ directory: path, now });
  const oldRoots = issuer.roots;
  const before = await hostOf(issuer, { now });
  const place = await meetingPlace(await serverOf(issuer));
  await issuer.rotate(now);
  place.setSecureContext(await serverOf(issuer));
  const after = await hostOf(issuer, { now });
  for (const own of [before, after])
    for (const roots of [oldRoots, issuer.roots, [issuer.rootPem]])
      expect(await place.meet(client(own, roots))).toMatchObject({ host: "ok" });

  issuer.retire();
  place.setSecureContext(await serverOf(issuer));
  expect(await place.meet(client(before, issuer.roots))).toMatchObject({ host: "ended" });
  expect(await place.meet(client(after, oldRoots))).toMatchObject({ host: "SELF_SIGNED_CERT_IN_CHAIN" });
  expect(await place.meet(client(after, issuer.roots))).toMatchObject({ host: "ok" });
});

test("a host that knows no more than a token's fingerprint finds the root in the server's chain, before and after a rotation", async () => {
  const issuer = await authority(now);
  const fingerprints = [issuer.fingerprint];
  await issuer.rotate(now);
  fingerprints.push(issuer.fingerprint);
  const place = await meetingPlace(await serverOf(issuer, "optional"));
  for (const fingerprint of fingerprints) {
    const root = (await chainAt(place.port)).find((found) => isRoot(found, fingerprint));
    expect(await place.meet({ ca: root?.toString() ?? [] })).toMatchObject({
      host: "ok",
      certificate: undefined,
    });
  }
});

/** All certificates that a server sends, whoever it may be. */
function chainAt(port: number): Promise<X509Certificate[]> {
  return new Promise((settle, fail) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      const chain: X509Certificate[] = [];
      for (let at = socket.getPeerX509Certificate(); at !== undefined; at = at.issuerCertificate)
        chain.push(at);
      socket.destroy();
      settle(chain);
    });
    socket.on("error", fail);
  });
}

/** A root has issued itself; the bridge from an older root has the same key. */
function isRoot(certificate: X509Certificate, fingerprint: string): boolean {
  const spki = certificate.publicKey.export({ format: "der", type: "spki" });
  const own = `sha256:${createHash("sha256").update(spki).digest("hex")}`;
  return own === fingerprint && certificate.verify(certificate.publicKey);
}
