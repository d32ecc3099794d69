/** FAULTS.md, row 18: interfaces and addresses come, go and are renamed; bridges and namespaces appear. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { Daemon } from "./daemon.ts";
import { HOSTS, ORDERS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let host: Host;
let daemon: Daemon;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
  const folder = await writePolicy(host, policyText(ORDERS));
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"] });
  await host.listen("tcp/5432");
  await host.listen("tcp/22");
});
afterAll(async () => {
  await daemon?.end();
  await estate?.remove();
});

/** What is allowed, and what is not. */
async function verdicts(): Promise<readonly string[]> {
  const web = estate.host("web-1");
  return web.probe([
    { to: "db-1", service: "tcp/5432" },
    { to: "db-1", service: "tcp/22" },
  ]);
}

async function interfaceName(): Promise<string> {
  const links = JSON.parse(await host.run(["ip", "-j", "addr"]));
  const found = links.find(({ addr_info }: { addr_info: { local: string }[] }) =>
    addr_info.some(({ local }) => local === "10.0.0.21"),
  );
  return found.ifname;
}

test("renamed, taken down and up: no rule knows an interface", async () => {
  expect(await verdicts()).toEqual(["connected", "timeout"]);
  const name = await interfaceName();
  const before = await host.run(["nft", "-s", "list", "table", "inet", "bulkhead"]);
  expect(before).not.toContain(name);
  for (const words of [
    ["set", name, "down"],
    ["set", name, "name", "lan0"],
    ["set", "lan0", "up"],
  ])
    await host.run(["ip", "link", ...words]);
  await host.exec(["ip", "route", "add", "default", "dev", "lan0"]);
  expect(await verdicts()).toEqual(["connected", "timeout"]);
  expect(await host.run(["nft", "-s", "list", "table", "inet", "bulkhead"])).toBe(before);
});

test("an address that comes is judged at once, and one that goes is forgotten", async () => {
  const name = await interfaceName();
  await host.run(["ip", "address", "add", "10.0.0.99/16", "dev", name]);
  const web = estate.host("web-1");
  const call = () =>
    web.probe([
      { to: "10.0.0.99", service: "tcp/5432" },
      { to: "10.0.0.99", service: "tcp/22" },
    ]);
  // The service listens on the other address only, so what is let through is refused by the host itself.
  expect(await call()).toEqual(["refused", "timeout"]);
  await host.run(["ip", "address", "del", "10.0.0.99/16", "dev", name]);
  expect(await verdicts()).toEqual(["connected", "timeout"]);
  expect((await daemon.status()).code).toBe(0);
});

test("a bridge and a namespace behind it change no verdict, and nothing is rewritten", async () => {
  const before = await host.run(["nft", "-a", "list", "chains"]);
  for (const words of [
    ["link", "add", "br0", "type", "bridge"],
    ["address", "add", "172.30.0.1/24", "dev", "br0"],
    ["link", "set", "br0", "up"],
    ["netns", "add", "guest"],
    ["link", "add", "guest0", "type", "veth", "peer", "name", "eth0", "netns", "guest"],
    ["link", "set", "guest0", "master", "br0", "up"],
  ])
    await host.run(["ip", ...words]);
  expect(await verdicts()).toEqual(["connected", "timeout"]);
  await host.run(["ip", "netns", "del", "guest"]);
  await host.run(["ip", "link", "del", "br0"]);
  expect(await host.run(["nft", "-a", "list", "chains"])).toBe(before);
  expect(daemon.lines("policy-in-force")).toHaveLength(1);
  expect((await daemon.status()).code).toBe(0);
});
