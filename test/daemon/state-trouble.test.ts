/** FAULTS.md, rows 9, 15 and 20: the state directory full, read-only, damaged, and in front of who may not. */

import { readdir, rm, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";
import { Daemon } from "./daemon.ts";
import { BACKUP, HOSTS, ORDERS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let host: Host;
let state: string;
let daemon: Daemon | undefined;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
  state = `${host.scratch}/small`;
  await host.run(["mkdir", "-m", "700", state]);
  await host.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", state]);
});
afterAll(() => estate?.remove());
afterEach(async () => {
  await daemon?.end("SIGKILL");
  await host.run(["sh", "-c", `mount -o remount,rw ${state}; rm -rf ${state}/*`]);
  await host.exec(["nft", "delete", "table", "inet", "bulkhead"]);
  daemon = undefined;
});

const table = () => host.run(["nft", "-s", "list", "table", "inet", "bulkhead"]);

async function enforcing(...rules: readonly string[]): Promise<Daemon> {
  const folder = await writePolicy(host, policyText(...rules));
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"], state });
  return daemon;
}

async function fill(): Promise<void> {
  await host.exec(["dd", "if=/dev/zero", `of=${state}/filler`, "bs=4k"]);
}

test("the disk is full: policy changes go on, it is said, and it recovers by itself", async () => {
  const running = await enforcing(ORDERS);
  await fill();
  await writePolicy(host, policyText(ORDERS, BACKUP));
  await running.until("policy-in-force", 1);
  expect(await table()).toContain("backup shop.yaml");
  await running.until("apply/state-unwritable");
  const { code, facts } = await running.status();
  expect(code).toBe(1);
  expect(facts).toMatchObject({ state: { trouble: expect.stringContaining("ENOSPC") }, kernel: "holds" });
  expect((await running.ask("status")).stdout).toContain("IN MEMORY ONLY");
  await host.run(["rm", `${state}/filler`]);
  running.child.kill("SIGHUP");
  await running.until("state-written");
  expect((await running.status()).code).toBe(0);
  await running.end();
  expect((await running.ask("status")).code).toBe(0);
});

test("killed and started on a full disk: the policy that is saved, all the same", async () => {
  const first = await enforcing(ORDERS);
  await fill();
  await writePolicy(host, policyText(BACKUP));
  await first.until("policy-in-force", 1);
  await first.end("SIGKILL");
  const before = await table();
  const second = await enforcing(BACKUP);
  expect((await second.status()).facts).toMatchObject({ kernel: "holds" });
  expect(await table()).toContain("backup shop.yaml");
  expect(await table()).not.toContain("orders shop.yaml");
  expect(before).not.toContain("orders shop.yaml");
});

test("a state directory that cannot be written at all: enforced, recorded nowhere, said", async () => {
  await host.run(["mount", "-o", "remount,ro", state]);
  const folder = await writePolicy(host, policyText(ORDERS));
  const socket = `${host.scratch}/elsewhere.sock`;
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1", "--socket", socket], state });
  expect(await table()).toContain("orders shop.yaml");
  const told = await daemon.ask("status", "--socket", socket);
  expect(told.code).toBe(1);
  expect(told.stdout).toContain("IN MEMORY ONLY");
  expect(told.stdout).toContain("CANNOT BE WRITTEN");
  expect(await daemon.end()).toBe(0);
});

test.each([
  ["missing", undefined],
  ["empty", ""],
  ["cut", '{"formatVersion":1,"digest":"'],
  ["of a schema that is not known", '{"formatVersion":0}'],
])("the last good state is %s, and so is the policy: the one before it, said loudly", async (_what, text) => {
  const running = await enforcing(ORDERS);
  await writePolicy(host, policyText(BACKUP));
  await running.until("policy-in-force", 1);
  await running.end();
  const inside = (name: string) => `${state}/${name}`;
  if (text === undefined) await host.run(["rm", inside("current.json")]);
  else await host.run(["sh", "-c", 'cat >"$0"', inside("current.json")], { input: text });
  await host.run(["nft", "flush", "ruleset"]);
  daemon = await Daemon.enforcing(host, `${host.scratch}/nowhere`, { words: ["--as", "db-1"], state });
  expect(await table()).toContain("orders shop.yaml");
  const { code, facts } = await daemon.status();
  expect(code).toBe(1);
  expect(facts).toMatchObject({ source: { state: "missing" } });
  expect(daemon.log.filter(({ code }) => code.startsWith("apply/state-"))).not.toEqual([]);
});

test("neither policy nor state: the floor, if there is one, until the policy is there", async () => {
  const floor = await writePolicy(host, policyText(BACKUP), "floor");
  const folder = `${host.scratch}/later`;
  const words = ["--as", "db-1", "--floor", floor];
  daemon = await Daemon.enforcing(host, folder, { words, state });
  expect(await table()).toContain("backup shop.yaml");
  const { code, facts } = await daemon.status();
  expect(code).toBe(1);
  expect(facts).toMatchObject({ enforcement: { why: expect.stringContaining("floor") } });
  await writePolicy(host, policyText(ORDERS), "later");
  await daemon.until("policy-in-force", 1);
  expect(await table()).not.toContain("backup shop.yaml");
  expect((await daemon.status()).code).toBe(0);
});

test("an account without rights reads nothing and is told what it lacks", async () => {
  const open = `${host.scratch}/state`;
  const folder = await writePolicy(host, policyText(ORDERS));
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"] });
  // Whoever may pass through all that is above it.
  await host.run(["chmod", "755", host.scratch, `${host.scratch}/..`]);
  const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const files = await readdir(open);
  expect(files).toEqual(expect.arrayContaining(["agent.sock", "current.json", "flows.db"]));
  for (const file of files)
    expect(await host.exec([...nobody, "cat", `${open}/${file}`])).toMatchObject({ code: 1, stdout: "" });
  for (const words of [["flows"], ["status"], ["suggest"]]) {
    const told = await host.exec([...nobody, AGENT, ...words, "--state-dir", open]);
    expect(told).toMatchObject({ code: 3, stdout: "" });
    expect(told.stderr).toContain("no-permission");
  }
  // Beside the directory, the socket itself is nobody else's.
  await host.run(["chmod", "711", open]);
  const socket = ["socat", "-u", "OPEN:/dev/null", `UNIX-CONNECT:${open}/agent.sock`];
  expect((await host.exec([...nobody, ...socket])).stderr).toContain("Permission denied");
  expect((await host.exec(socket)).code).toBe(0);
  await daemon.end();
  await rm(open, { recursive: true });
  await writeFile(`${host.scratch}/unused`, "");
});
