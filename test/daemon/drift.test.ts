/** FAULTS.md, row 10: somebody else changes our table. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { Daemon } from "./daemon.ts";
import { HOSTS, ORDERS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let host: Host;
let daemon: Daemon;
let mended = 0;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
  const folder = await writePolicy(host, policyText(ORDERS));
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"] });
});
afterAll(async () => {
  await daemon?.end();
  await estate?.remove();
});

/** Without the stamp, which is another one after each load. */
async function rules(): Promise<string> {
  const text = await host.run(["nft", "-s", "list", "table", "inet", "bulkhead"]);
  return text.replaceAll(/0x[0-9a-f]{8}/g, "STAMP");
}

test.each([
  [
    "an accept is inserted",
    ["insert", "rule", "inet", "bulkhead", "input", "accept"],
    "chain input: + accept",
  ],
  ["a chain is flushed", ["flush", "chain", "inet", "bulkhead", "ingress"], "chain ingress: - "],
  ["a member is added", ["add", "element", "inet", "bulkhead", "web_4", "{", "10.6.6.6", "}"], "10.6.6.6"],
  ["the table is deleted", ["delete", "table", "inet", "bulkhead"], "table removed"],
  ["everything is flushed", ["flush", "ruleset"], "table removed"],
])("%s: seen, told with its author and what it was, and mended", async (_what, words, told) => {
  const before = await rules();
  await host.run(["nft", ...words]);
  const tampering = await daemon.until("tampering", mended);
  expect(tampering.by).toMatchObject({ name: "nft" });
  expect(JSON.stringify(tampering.what)).toContain(told);
  const after = await daemon.until("mended", mended);
  mended += 1;
  expect(after.milliseconds).toBeTypeOf("number");
  expect(await rules()).toBe(before);
  const { code, facts } = await daemon.status();
  expect(code).toBe(0);
  expect(facts).toMatchObject({ tampering: { count: mended } });
});

test("deleted alone, it comes back as it was to the last bit; replaced by another in one commit, with a new stamp", async () => {
  const list = () => host.run(["nft", "-s", "list", "table", "inet", "bulkhead"]);
  const before = await list();
  await host.run(["nft", "delete", "table", "inet", "bulkhead"]);
  await daemon.until("mended", mended);
  expect(await list()).toBe(before);
  await host.run(["nft", "-f", "-"], { input: `flush ruleset\n${before.replaceAll("drop", "accept")}` });
  await daemon.until("mended", mended + 1);
  mended += 2;
  const after = await list();
  expect(after).not.toBe(before);
  expect(after.replaceAll(/0x[0-9a-f]{8}/g, "STAMP")).toBe(before.replaceAll(/0x[0-9a-f]{8}/g, "STAMP"));
});

test("a table of somebody else's is none of our business, and our own changes are no tampering", async () => {
  await host.run(["nft", "add", "table", "inet", "theirs"]);
  const seen = daemon.lines("policy-in-force").length;
  await writePolicy(host, policyText());
  await daemon.until("policy-in-force", seen);
  expect(daemon.lines("tampering")).toHaveLength(mended);
});

test("a session that is allowed outlives the flush", async () => {
  const seen = daemon.lines("policy-in-force").length;
  await writePolicy(host, policyText(ORDERS));
  await daemon.until("policy-in-force", seen);
  await host.listen("tcp/5432");
  const session = await estate.host("web-1").session("db-1", "tcp/5432", { every: 10 });
  await session.receivesMore(5);
  await host.run(["nft", "flush", "ruleset"]);
  await daemon.until("mended", mended);
  expect(await session.receivesMore(20)).toBe(true);
  await session.close();
});

test("control: without the daemon the inserted accept stays", async () => {
  await daemon.end();
  await host.run(["nft", "insert", "rule", "inet", "bulkhead", "input", "accept"]);
  const { code } = await daemon.ask("status");
  expect(code).toBe(1);
  expect(await rules()).toContain("\t\taccept\n");
});
