/** FAULTS.md, rows 9 and 15: a state directory that cannot be written, and state files that are not what they were. */

import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "../faults/agent-shell.ts";
import { type PolicyName, tableOf, writePolicies } from "./policies.ts";

let estate: Estate;
let host: Host;
let shell: AgentShell;
let paths: Readonly<Record<PolicyName, string>>;
const digests: Partial<Record<PolicyName, string>> = {};

beforeAll(async () => {
  estate = await Estate.create({ hosts: { "db-1": ["10.0.0.2"] } });
  host = estate.host("db-1");
  shell = await AgentShell.open(host);
  paths = await writePolicies(host);
});
afterAll(() => estate?.remove());

async function apply(name: PolicyName): Promise<void> {
  digests[name] = JSON.parse(await shell.run("apply", paths[name], "--json")).digest;
}

const directory = () => `${host.scratch}/state`;

describe("a state directory that cannot be written", () => {
  // The host's mounts are its own: the directory is a small file system in memory while the test runs.
  beforeEach(async () => {
    await host.run(["mkdir", "-p", directory()]);
    await host.run(["mount", "-t", "tmpfs", "-o", "size=512k,mode=700", "tmpfs", directory()]);
    await apply("old");
  });
  afterEach(async () => {
    await host.run(["mount", "-o", "remount,rw", directory()]);
    await shell.run("clear");
    await host.run(["umount", directory()]);
  });

  const fill = () => host.exec(["dd", "if=/dev/zero", `of=${directory()}/filler`, "bs=1k"]);
  const files = () => host.run(["sh", "-c", `cd ${directory()} && sha256sum *.json && ls`]);

  test.each([
    ["is full", fill, () => host.run(["rm", `${directory()}/filler`])],
    [
      "is read-only",
      () => host.run(["mount", "-o", "remount,ro", directory()]),
      () => host.run(["mount", "-o", "remount,rw", directory()]),
    ],
  ])(
    "because it %s is refused before the kernel is touched, and nothing has changed",
    async (_why, spoil, mend) => {
      await spoil();
      const before = [await tableOf(host), await files()];
      for (const words of [
        ["apply", paths.new],
        ["apply", paths.members],
        ["apply", paths.new, "--confirm-within", "60s"],
      ]) {
        const { code, err } = await shell.attempt(...(words as [string]));
        expect(code).toBe(3);
        expect(err).toMatch(
          /^bulkhead-agent: .*\/state cannot be written: .*\[apply\/state-unwritable\]\n {2}Nothing was changed\. /m,
        );
      }
      expect([await tableOf(host), await files()]).toEqual(before);
      // To look needs no room.
      expect((await shell.attempt("status")).code).toBe(0);
      await mend();
      await apply("new");
      expect(JSON.parse(await shell.run("status", "--json"))).toMatchObject({
        kernel: "holds",
        digest: digests.new,
      });
    },
  );
});

describe("a state file that is not what it was", () => {
  beforeEach(async () => {
    await apply("old");
    await apply("new");
  });
  afterEach(() => shell.run("clear"));

  const file = (name: string) => join(directory(), `${name}.json`);
  const change = async (name: string, how: (text: string) => string | Uint8Array) =>
    writeFile(file(name), how(await readFile(file(name), "utf8")));

  const DAMAGES: readonly (readonly [string, (name: string) => Promise<void>])[] = [
    ["empty", (name) => change(name, () => "")],
    ["cut", (name) => change(name, (text) => text.slice(0, text.length / 2))],
    ["overwritten with zeros", (name) => change(name, (text) => new Uint8Array(text.length))],
    ["changed in one address", (name) => change(name, (text) => text.replace("10.0.0.2", "10.0.0.9"))],
    [
      "of an older schema",
      (name) => change(name, (text) => text.replace('"formatVersion":1,', '"formatVersion":0,')),
    ],
  ];

  test.each(DAMAGES)(
    "because it is %s is said loudly, while the kernel goes on enforcing",
    async (_how, damage) => {
      const table = await tableOf(host);
      await damage("current");
      const { out, err } = await shell.attempt("status", "--json");
      expect(err).toMatch(
        /^bulkhead-agent: warning: current\.json cannot be used: .* \[apply\/state-damaged\]$/m,
      );
      expect(JSON.parse(out)).toMatchObject({ kernel: "unknown", inKernel: { digest: digests.new } });
      expect(await tableOf(host)).toBe(table);
      // The generation before it is there to go back to, and an apply writes the state anew.
      expect(JSON.parse(await shell.run("rollback", "--json"))).toMatchObject({ digest: digests.old });
      await apply("new");
      expect((await shell.attempt("status")).err).toBe("");
    },
  );

  test("because it is gone leaves the one before it", async () => {
    await rm(file("current"));
    expect(JSON.parse((await shell.attempt("status", "--json")).out)).toMatchObject({
      kernel: "unknown",
      previous: { digest: digests.old },
    });
    await apply("new");
    expect(JSON.parse(await shell.run("status", "--json"))).toMatchObject({
      kernel: "holds",
      digest: digests.new,
    });
  });

  test.each(DAMAGES)("and was the previous one, %s, leaves nothing to roll back to", async (_how, damage) => {
    await damage("previous");
    const { code, err } = await shell.attempt("rollback");
    expect([code, err]).toEqual([1, expect.stringContaining("[apply/no-previous]")]);
    expect(JSON.parse(await shell.run("status", "--json"))).toMatchObject({
      kernel: "holds",
      digest: digests.new,
    });
  });

  test("and was pending is set aside: the kernel says what came of it", async () => {
    await writeFile(file("pending"), "{");
    await shell.run("status");
    expect(await readdir(directory())).toContain("pending.json.damaged");
    expect((await shell.attempt("status")).err).toBe("");
  });

  test("because a newer version wrote it is refused plainly, and the rules stay", async () => {
    const table = await tableOf(host);
    await change("current", (text) => text.replace('"formatVersion":1,', '"formatVersion":2,'));
    for (const words of [["status"], ["rollback"], ["confirm"], ["apply", paths.old]]) {
      const { code, err } = await shell.attempt(...(words as [string]));
      expect([code, err]).toEqual([3, expect.stringContaining("[apply/state-newer]")]);
    }
    expect(await tableOf(host)).toBe(table);
  });

  test("because it lies where others can write is not trusted", async () => {
    await host.run(["chmod", "777", directory()]);
    const { code, err } = await shell.attempt("rollback");
    expect([code, err]).toEqual([3, expect.stringContaining("[apply/state-unsafe]")]);
    await host.run(["chmod", "700", directory()]);
  });
});

test("a local user can read nothing of the state", async () => {
  await apply("old");
  const { code } = await host.exec([
    "setpriv",
    "--reuid=65534",
    "--clear-groups",
    "cat",
    `${directory()}/current.json`,
  ]);
  expect(code).not.toBe(0);
  await shell.run("clear");
});
