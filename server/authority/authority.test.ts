/** The authority's files: made, opened again, refused, rotated. */

import { X509Certificate } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAuthority } from "./authority.ts";
import { authority, DAY, derOf, directory, hostOf, keys, NOW, pemOf } from "./fixtures/hosts.ts";

const now = NOW;

test("the first start makes a root for ten years; the next finds the same", async () => {
  const path = join(directory(), "authority");
  const first = await openAuthority({ directory: path, now });
  expect(readdirSync(path).sort()).toEqual(["authority.key", "authority.pem"]);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(path, "authority.key")).mode & 0o777).toBe(0o600);
  expect(first.fingerprint).toMatch(/^sha256:[\da-f]{64}$/);
  const again = await openAuthority({ directory: path, now: now + DAY });
  expect(again.rootPem).toBe(first.rootPem);
  expect(again.fingerprint).toBe(first.fingerprint);
  expect(again.check((await hostOf(first)).der, now).kind).toBe("valid");
});

test.each([0o640, 0o604, 0o620, 0o601])(
  "a key with mode %o is refused, with the way to mend it",
  async (mode) => {
    const path = directory();
    await openAuthority({ directory: path, now });
    const key = join(path, "authority.key");
    chmodSync(key, mode);
    await expect(openAuthority({ directory: path, now })).rejects.toMatchObject({
      code: "server/authority-unsafe",
      message: `${key} is open to its group or to others (mode 0${mode.toString(8)})`,
      remedy: expect.stringContaining(`chmod 0600 '${key}'`),
    });
    chmodSync(key, 0o400);
    await expect(openAuthority({ directory: path, now })).resolves.toBeDefined();
  },
);

test("a directory in which others could exchange the key is refused", async () => {
  const path = directory();
  chmodSync(path, 0o770);
  await expect(openAuthority({ directory: path, now })).rejects.toMatchObject({
    code: "server/authority-unsafe",
  });
  expect(readdirSync(path)).toEqual([]);
});

test("what an interruption between key and certificate left is finished: the same key, the same fingerprint", async () => {
  const path = directory();
  const first = await openAuthority({ directory: path, now });
  const host = await hostOf(first);
  rmSync(join(path, "authority.pem"));
  writeFileSync(join(path, "authority.pem.new"), "torn", { mode: 0o644 });
  const again = await openAuthority({ directory: path, now });
  expect(again.fingerprint).toBe(first.fingerprint);
  expect(again.check(host.der, now).kind).toBe("valid");
  expect(readdirSync(path).sort()).toEqual(["authority.key", "authority.pem"]);
});

test.each<[string, (path: string) => void]>([
  ["a missing key", (path) => rmSync(join(path, "authority.key"))],
  ["an empty key", (path) => writeFileSync(join(path, "authority.key"), "")],
  ["another key", (path) => writeFileSync(join(path, "authority.key"), pemOf(keys().privateKey))],
  ["an Ed25519 key", (path) => writeFileSync(join(path, "authority.key"), pemOf(keys("Ed25519").privateKey))],
  [
    "an Ed25519 key alone",
    (path) => {
      rmSync(join(path, "authority.pem"));
      writeFileSync(join(path, "authority.key"), pemOf(keys("Ed25519").privateKey));
    },
  ],
  ["a damaged certificate", (path) => writeFileSync(join(path, "authority.pem"), "-----BEGIN")],
])("%s is told, and nothing is made in its place", async (_, damage) => {
  const path = directory();
  await openAuthority({ directory: path, now });
  damage(path);
  const before = readdirSync(path).map((name) => readFileSync(join(path, name), "utf8"));
  await expect(openAuthority({ directory: path, now })).rejects.toMatchObject({
    code: "server/authority-unusable",
  });
  expect(readdirSync(path).map((name) => readFileSync(join(path, name), "utf8"))).toEqual(before);
});

test("a directory that cannot be made is told", async () => {
  const file = join(directory(), "file");
  writeFileSync(file, "");
  await expect(openAuthority({ directory: join(file, "below"), now })).rejects.toMatchObject({
    code: "server/authority-unusable",
  });
});

test("while it is rotated, both roots are trusted, over a restart too; then the new one alone", async () => {
  const path = directory();
  const issuer = await openAuthority({ directory: path, now });
  const oldPem = issuer.rootPem;
  const old = await hostOf(issuer);
  await issuer.rotate(now);
  const young = await hostOf(issuer);
  expect(issuer.roots).toEqual([issuer.rootPem, oldPem]);
  expect(new Set(issuer.roots.map((pem) => new X509Certificate(pem).subject)).size).toBe(2);
  expect(statSync(join(path, "authority-2.key")).mode & 0o777).toBe(0o600);

  const restarted = await openAuthority({ directory: path, now });
  expect(restarted.roots).toEqual(issuer.roots);
  for (const each of [issuer, restarted])
    expect([old, young].map(({ der }) => each.check(der, now).kind)).toEqual(["valid", "valid"]);

  restarted.retire();
  const alone = await openAuthority({ directory: path, now });
  for (const each of [restarted, alone])
    expect([old, young].map(({ der }) => each.check(der, now).kind)).toEqual(["refused", "valid"]);
  expect(readdirSync(path).sort()).toEqual(["authority-2.key", "authority-2.pem"]);
  await alone.rotate(now);
  expect(existsSync(join(path, "authority-3.pem"))).toBe(true);
});

test("a rotation waits for the one before it, and the only root is not retired", async () => {
  const issuer = await authority();
  expect(() => issuer.retire()).toThrow(expect.objectContaining({ code: "server/authority-rotation" }));
  const first = issuer.rotate(now);
  await expect(issuer.rotate(now)).rejects.toMatchObject({ code: "server/authority-rotation" });
  await first;
  await expect(issuer.rotate(now)).rejects.toMatchObject({ code: "server/authority-rotation" });
  expect(issuer.roots.length).toBe(2);
});

test("a certificate ends with its root, and outside of the root's time none is made", async () => {
  const issuer = await authority();
  const years = 3_650 * DAY;
  expect((await hostOf(issuer, { now: now + years - DAY, seconds: 30 * 86_400 })).notAfter).toBe(now + years);
  await expect(hostOf(issuer, { now: now + years })).rejects.toMatchObject({
    code: "server/authority-out-of-time",
    message: expect.stringMatching(/2026-11-23T11:55.* to 2036-11-20T12:00.* clock says 2036-11-20T12:00/),
  });
  await expect(hostOf(issuer, { now: now - DAY })).rejects.toMatchObject({
    code: "server/authority-out-of-time",
  });
});

test("serial numbers come from the source of randomness that was given", async () => {
  const random = (bytes: number) => Buffer.alloc(bytes, 0x01);
  const issuer = await openAuthority({ directory: directory(), now, random });
  const { serial, pem } = await hostOf(issuer);
  expect(serial).toBe("01".repeat(16));
  expect(issuer.check(derOf(pem), now)).toMatchObject({ serial });
  for (const first of [0x00, 0xff]) {
    const odd = (bytes: number) => Buffer.concat([Buffer.of(first), Buffer.alloc(bytes - 1, 7)]);
    const other = await openAuthority({ directory: directory(), now, random: odd });
    expect((await hostOf(other)).serial).toBe(odd(16).toString("hex"));
  }
});
