import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { fakeProgram } from "../fixtures/fake-program.ts";
import { describeInNamespace } from "../fixtures/own-namespace.ts";
import { FEATURES, type Feature } from "./features.ts";
import { nftRoom } from "./room.ts";

const VERSION = 'if [ "$1" = --version ]; then echo "nftables v1.0.6 (Lester Gooch #5)"; exit 0; fi';
const NEVER: Feature = { name: "magic", origin: "nowhere", needed: "always", body: "chain probe { magic; }" };

function roomOf(script: string) {
  const nft = fakeProgram("nft", script);
  return {
    nft,
    room: nftRoom({ directories: [nft.directory] }),
    [Symbol.dispose]: () => nft[Symbol.dispose](),
  };
}

test.each(["5.9.16", "4.19.0-26-amd64", "3.10"])("Linux %s is too old", async (kernelRelease) => {
  await expect(nftRoom({ kernelRelease }).assertUsable()).rejects.toMatchObject({
    code: "kernel/too-old",
    message: `this is Linux ${kernelRelease}; 5.10 or newer is needed`,
  });
});

test.each(["0.9.8", "1.0.5"])("nft %s is too old", async (version) => {
  using fake = roomOf(`echo "nftables v${version} (Topsy)"`);
  await expect(fake.room.assertUsable()).rejects.toMatchObject({
    code: "kernel/too-old",
    message: `this is nft ${version}; 1.0.6 or newer is needed`,
  });
});

test.each(["1.0.6", "1.0.10", "1.1.3", "2.0"])("nft %s is new enough", async (version) => {
  using fake = roomOf(`if [ "$1" = --version ]; then echo "nftables v${version} (x)"; fi; cat >/dev/null`);
  await fake.room.assertUsable();
});

test("an nft without a version is not understood", async () => {
  using fake = roomOf("echo hello");
  await expect(fake.room.assertUsable()).rejects.toMatchObject({ code: "kernel/nft-unreadable" });
});

test("want of rights is said as such, and who we are", async () => {
  using fake = roomOf(
    `${VERSION}\necho "netlink: Error: cache initialization failed: Operation not permitted" >&2; exit 1`,
  );
  const lacking = { code: "kernel/no-permission", message: expect.stringMatching(/root|uid/) };
  await expect(fake.room.assertUsable()).rejects.toMatchObject(lacking);
  await expect(fake.room.load("add table inet bulkhead\n")).rejects.toMatchObject(lacking);
  await expect(fake.room.read()).rejects.toMatchObject(lacking);
});

test("a listing that fails is not taken for an absent table", async () => {
  using fake = roomOf('echo "Error: Could not process rule: Interrupted system call" >&2; exit 1');
  await expect(fake.room.read()).rejects.toMatchObject({ code: "kernel/nft-refused" });
});

describeInNamespace("with the real nft", import.meta.url, () => {
  test("this machine has every feature", async () => {
    await nftRoom().assertUsable();
    const sometimes = FEATURES.filter(({ needed }) => needed === "sometimes").map(
      (feature): Feature => ({ ...feature, needed: "always" }),
    );
    await nftRoom({ features: sometimes }).assertUsable();
  });

  test("what is missing is named, with where it comes from, and nothing else is", async () => {
    const features = [...FEATURES.slice(0, 3), NEVER, ...FEATURES.slice(3)];
    await expect(nftRoom({ features }).assertUsable()).rejects.toMatchObject({
      code: "kernel/feature-missing",
      message: "this kernel or nft cannot do: magic [nowhere]",
    });
  });

  test("a transaction that the kernel refuses for want of a feature says which", async () => {
    const features = [...FEATURES, { ...NEVER, needed: "sometimes" as const }];
    const room = nftRoom({ features });
    await room.assertUsable();
    const text = "table inet bulkhead {\n  chain a {\n    jump nowhere\n  }\n}\n";
    await expect(room.load(text)).rejects.toMatchObject({ code: "kernel/feature-missing" });
    await expect(nftRoom().load(text)).rejects.toMatchObject({
      code: "kernel/nft-refused",
      message: expect.stringMatching(/^nft refuses line 3, 'jump nowhere': /),
    });
  });

  test("a syntax error is nft's alone, and no feature is asked for", async () => {
    const room = nftRoom({ features: [NEVER] });
    await expect(room.check("table inet bulkhead {\n  foo\n}\n")).rejects.toMatchObject({
      code: "kernel/nft-refused",
      message: expect.stringMatching(/^nft refuses line 2, 'foo': syntax error/),
    });
  });

  test("probing leaves nothing behind, and nobody else's table is touched", async () => {
    const listing = () => execFileSync("nft", ["list", "ruleset"], { encoding: "utf8" });
    execFileSync("nft", ["add", "table", "inet", "somebody_else"]);
    const before = listing();
    await nftRoom().assertUsable();
    expect(listing()).toBe(before);
  });
});
