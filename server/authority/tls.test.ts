/** What TLS itself, and `check` after it, say of these certificates: real connections on loopback, at the real time. */

import { X509Certificate } from "node:crypto";
import type { TlsOptions } from "node:tls";
import { expect, test } from "vitest";
import type { Authority } from "./authority.ts";
import { authority, DAY, hostOf, keys } from "./fixtures/hosts.ts";
import { malleate } from "./fixtures/malleate.ts";
import { client, meetingPlace, serverOf } from "./fixtures/tls.ts";

const now = Date.now();

test.each(["P-256", "Ed25519"] as const)(
  "a host with a %s key and the server know each other",
  async (kind) => {
    const issuer = await authority(now);
    const place = await meetingPlace(await serverOf(issuer));
    const host = await hostOf(issuer, { now, pair: keys(kind) });
    const met = await place.meet(client(host, issuer.roots));
    expect(met).toMatchObject({ host: "ok", certificate: host.der });
    expect(issuer.check(met.certificate ?? Buffer.of(), now)).toMatchObject({
      kind: "valid",
      host: { id: "h-1", name: "web-1" },
    });
  },
);

test("the server's certificate is good for each of its names and for no other", async () => {
  const issuer = await authority(now);
  const place = await meetingPlace(await serverOf(issuer));
  const host = client(await hostOf(issuer, { now }), issuer.roots);
  expect(await place.meet({ ...host, servername: "localhost" })).toMatchObject({ host: "ok" });
  expect(await place.meet({ ...host, servername: "elsewhere" })).toMatchObject({
    host: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
});

test.each([
  {
    what: "of another authority",
    make: async () => hostOf(await authority(now), { now }),
    code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    verdict: { kind: "refused", why: "it was not signed by this authority" },
  },
  {
    what: "that has expired",
    make: (issuer: Authority) => hostOf(issuer, { now: now - 2 * DAY }),
    code: "CERT_HAS_EXPIRED",
    verdict: { kind: "expired" },
  },
  {
    what: "that is not good yet",
    make: (issuer: Authority) => hostOf(issuer, { now: now + 2 * DAY }),
    code: "CERT_NOT_YET_VALID",
    verdict: { kind: "not-yet-valid" },
  },
  {
    what: "that is a server's",
    make: async (issuer: Authority) => {
      const { key, certificate } = await issuer.serverCertificate({ names: ["localhost"], now });
      return { key, pem: certificate };
    },
    code: "INVALID_PURPOSE",
    verdict: { kind: "refused", why: "it is a server's, not a host's" },
  },
])("a certificate $what is turned away by TLS, and check says why", async ({ make, code, verdict }) => {
  const issuer = await authority(now - 30 * DAY);
  const own = client(await make(issuer), issuer.roots);
  const strict = await meetingPlace(await serverOf(issuer, "required"));
  expect(await strict.meet(own)).toMatchObject({ host: "ended", certificate: undefined });
  const open = await meetingPlace(await serverOf(issuer, "optional"));
  const met = await open.meet(own);
  expect(met.host).toBe("ok");
  expect(met.distrust).toMatch(new RegExp(`^(${code})$`));
  expect(issuer.check(met.certificate ?? Buffer.of(), now)).toMatchObject(verdict);
});

test("a host's certificate does not make a server", async () => {
  const issuer = await authority(now);
  const host = await hostOf(issuer, { now });
  const place = await meetingPlace({ ...(await serverOf(issuer)), key: host.key, cert: host.pem });
  expect((await place.meet(client(host, issuer.roots))).host).toBe("INVALID_PURPOSE");
});

test("a certificate whose signature was exchanged for its twin has the same serial and key", async () => {
  const issuer = await authority(now);
  const host = await hostOf(issuer, { now });
  const twin = malleate(host.der);
  const place = await meetingPlace(await serverOf(issuer));
  const met = await place.meet(client({ ...host, pem: new X509Certificate(twin).toString() }, issuer.roots));
  expect(met).toMatchObject({ host: "ok", certificate: twin });
  expect(twin.equals(host.der)).toBe(false);
  expect(issuer.check(twin, now)).toEqual(issuer.check(host.der, now));
});

test.each<[string, TlsOptions, boolean]>([
  ["our options never resume a session", {}, false],
  ["and without them Node would", { secureOptions: 0 }, true],
])("%s", async (_, difference, isReused) => {
  const issuer = await authority(now);
  const place = await meetingPlace({ ...(await serverOf(issuer)), ...difference });
  const host = client(await hostOf(issuer, { now }), issuer.roots);
  const first = await place.meet(host);
  expect(first.host).toBe("ok");
  const again = await place.meet({ ...host, ...(first.session && { session: first.session }) });
  expect(again).toMatchObject({ host: "ok", isReused });
});
