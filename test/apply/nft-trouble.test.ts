/** FAULTS.md, row 3, and no permission: nft missing, slow, failing, killed; nobody who may not. */

import { mkdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import type { ExecResult } from "../estate/namespace.ts";
import { AGENT } from "../estate/place.ts";
import { type PolicyName, tableOf, writePolicies } from "./policies.ts";

let estate: Estate;
let host: Host;
let paths: Readonly<Record<PolicyName, string>>;

beforeAll(async () => {
  estate = await Estate.create({ hosts: { "db-1": ["10.0.0.2"] } });
  host = estate.host("db-1");
  paths = await writePolicies(host);
  // Another account shall come as far as the policy.
  await host.run(["chmod", "755", host.scratch, `${host.scratch}/..`]);
});
afterAll(() => estate?.remove());
beforeEach(async () => {
  await agent(["apply", paths.old, "--quiet"]);
});

interface As {
  /** Before the command: `setpriv …`. */
  readonly prefix?: readonly string[];
  readonly path?: string;
}

function agent(words: readonly string[], { prefix = [], path }: As = {}): Promise<ExecResult> {
  const env = path === undefined ? {} : { PATH: path };
  return host.exec([...prefix, AGENT, ...words, "--state-dir", `${host.scratch}/state`], { env });
}

/** A directory with an `nft` in it, to be put before all others. */
async function fakeNft(name: string, script: string): Promise<string> {
  const directory = `${host.scratch}/${name}`;
  await mkdir(directory, { recursive: true, mode: 0o755 });
  await writeFile(`${directory}/nft`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${directory}:${process.env.PATH}`;
}

const state = () => host.run(["sh", "-c", `cat ${host.scratch}/state/*.json | sha256sum`]);

async function expectUntouched(work: () => Promise<ExecResult>, code: string | RegExp): Promise<void> {
  const before = [await tableOf(host), await state()];
  const { code: exit, stderr } = await work();
  expect([exit, stderr]).toEqual([3, expect.stringMatching(code)]);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect([await tableOf(host), await state()]).toEqual(before);
}

describe("with an nft that does not work, the old rules stay and the reason is said", () => {
  test("missing", async () => {
    const nft = (await host.run(["sh", "-c", "command -v nft"])).trim();
    await expectUntouched(async () => {
      await host.run(["mount", "--bind", "/dev/null", nft]);
      const ended = await agent(["apply", paths.new]);
      await host.run(["umount", nft]);
      return ended;
    }, "kernel/nft-missing");
  });

  test("failing", async () => {
    const path = await fakeNft(
      "failing",
      'case "$*" in --version) exec /usr/sbin/nft --version;; *) echo "Error: no" >&2; exit 1;; esac',
    );
    await expectUntouched(() => agent(["apply", paths.new], { path }), "kernel/feature-missing");
  });

  test("failing only when it commits", async () => {
    const path = await fakeNft(
      "refusing",
      'case "$*" in "-f -") echo "netlink: Error: no" >&2; exit 1;; *) exec /usr/sbin/nft "$@";; esac',
    );
    await expectUntouched(() => agent(["apply", paths.new], { path }), "kernel/nft-refused");
  });

  test("killed before it commits", async () => {
    const path = await fakeNft(
      "killed",
      'case "$*" in "-f -") kill -9 $$;; *) exec /usr/sbin/nft "$@";; esac',
    );
    await expectUntouched(() => agent(["apply", paths.new], { path }), "kernel/nft-killed");
  });
});

test("an nft that is killed after it has committed has done it, and the kernel says so", async () => {
  const path = await fakeNft(
    "late",
    'case "$*" in "-f -") /usr/sbin/nft "$@"; kill -9 $$;; *) exec /usr/sbin/nft "$@";; esac',
  );
  expect((await agent(["apply", paths.new], { path })).code).toBe(0);
  expect((await agent(["status"])).code).toBe(0);
});

test("a slow nft is waited for", async () => {
  const path = await fakeNft("slow", 'sleep 0.3; exec /usr/sbin/nft "$@"');
  expect((await agent(["apply", paths.new], { path })).code).toBe(0);
  expect((await agent(["status"])).code).toBe(0);
});

describe("who may not change the firewall is told so, and has changed nothing", () => {
  const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  test.each([
    ["another account", nobody],
    ["root without the capability", ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"]],
    [
      "root of a user namespace without a network of its own",
      [...nobody, "unshare", "--user", "--map-root-user"],
    ],
  ])("%s", async (_who, prefix) => {
    for (const words of [["apply", paths.new], ["clear"], ["rollback"]])
      await expectUntouched(() => agent(words, { prefix }), "kernel/no-permission");
    // It asks the daemon first, whose socket not all of them may so much as look for.
    await expectUntouched(() => agent(["status"], { prefix }), /\[(kernel|daemon)\/no-permission\]/);
  });
});
