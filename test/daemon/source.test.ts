/** The daemon and its policy's files: saving one enforces it, and whatever else happens to them changes nothing. */

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { Daemon } from "./daemon.ts";
import { BACKUP, HOSTS, ORDERS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let host: Host;
let daemon: Daemon;
let folder: string;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
});
afterAll(() => estate?.remove());

beforeEach(async () => {
  folder = await writePolicy(host, policyText(ORDERS));
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"] });
});
afterEach(async () => {
  await daemon.end();
  await daemon.ask("clear", "--yes");
  await rm(folder, { recursive: true, force: true });
});

async function table(): Promise<string> {
  return host.run(["nft", "-s", "list", "table", "inet", "bulkhead"]);
}

describe("a policy that is saved is enforced", () => {
  test.each([
    ["in place", (text: string) => writeFile(`${folder}/shop.yaml`, text)],
    [
      "by rename, as editors do",
      async (text: string) => {
        await writeFile(`${folder}/.shop.yaml.swp`, text);
        await rename(`${folder}/.shop.yaml.swp`, `${folder}/shop.yaml`);
      },
    ],
    [
      "as another folder in its place",
      async (text: string) => {
        await mkdir(`${folder}.next`);
        await writeFile(`${folder}.next/shop.yaml`, text);
        await rename(folder, `${folder}.old`);
        await rename(`${folder}.next`, folder);
        await rm(`${folder}.old`, { recursive: true });
      },
    ],
  ])("%s", async (_how, save) => {
    expect(await table()).not.toContain("backup shop.yaml");
    await save(policyText(ORDERS, BACKUP));
    await daemon.until("policy-in-force", 1);
    expect(await table()).toContain("backup shop.yaml");
    expect((await daemon.status()).code).toBe(0);
  });
});

test("a policy that turns invalid changes nothing, is said with its place, and makes status exit 1, until it is mended", async () => {
  const before = await table();
  await writeFile(`${folder}/shop.yaml`, policyText("{ name: orders, allow: tcp/5432, from: wbe, to: db }"));
  const line = await daemon.until("source-invalid");
  expect(JSON.stringify(line.problems)).toContain("shop.yaml:8");
  const { code, facts } = await daemon.status();
  expect(code).toBe(1);
  expect(facts).toMatchObject({ source: { state: "invalid" } });
  expect(await table()).toBe(before);
  await writeFile(`${folder}/shop.yaml`, policyText(ORDERS));
  await daemon.until("source-read", 1);
  expect((await daemon.status()).code).toBe(0);
  expect(await table()).toBe(before);
});

test("a folder that vanishes changes nothing, and is read again when it is back", async () => {
  const before = await table();
  await rm(folder, { recursive: true });
  await daemon.until("source-missing");
  expect((await daemon.status()).code).toBe(1);
  expect(await table()).toBe(before);
  await writePolicy(host, policyText(ORDERS, BACKUP));
  await daemon.until("policy-in-force", 1);
  expect(await table()).toContain("backup shop.yaml");
});

test("SIGHUP reads it again, and what has not changed touches nothing", async () => {
  const generation = await host.run(["nft", "-j", "list", "table", "inet", "bulkhead"]);
  daemon.child.kill("SIGHUP");
  await writeFile(`${folder}/shop.yaml`, policyText(ORDERS).concat("\n# a comment\n"));
  expect((await daemon.status()).code).toBe(0);
  await daemon.end();
  expect(daemon.lines("policy-in-force")).toHaveLength(1);
  // Handles grow with every rewriting of a rule.
  expect(await host.run(["nft", "-j", "list", "table", "inet", "bulkhead"])).toBe(generation);
});
