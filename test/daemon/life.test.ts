/** The daemon's life: killed, restarted, hung, twice at once, ended; FAULTS.md, rows 1, 2 and 19. */

import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { Daemon } from "./daemon.ts";
import { BACKUP, HOSTS, ORDERS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let host: Host;
const running: Daemon[] = [];

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
});
afterAll(() => estate?.remove());
afterEach(async () => {
  const last = running.at(-1);
  for (const daemon of running.splice(0)) await daemon.end("SIGKILL");
  await last?.ask("clear", "--yes");
});

async function enforcing(env: Readonly<Record<string, string>> = {}): Promise<Daemon> {
  const folder = await writePolicy(host, policyText(ORDERS));
  const daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"], env });
  running.push(daemon);
  return daemon;
}

/** With handles, which grow with every rewriting. */
function table(): Promise<string> {
  return host.run(["nft", "-a", "-s", "list", "table", "inet", "bulkhead"]);
}

test("killed with -9 and started again: no verdict changes, the table is recognised and not rewritten", async () => {
  await host.listen("tcp/5432");
  const first = await enforcing();
  const session = await estate.host("web-1").session("db-1", "tcp/5432", { every: 10 });
  await session.receivesMore(5);
  const before = await table();
  await first.end("SIGKILL");
  expect(await session.receivesMore(10)).toBe(true);
  expect(await table()).toBe(before);
  const second = await enforcing();
  expect(second.lines("policy-in-force")).toMatchObject([{ outcome: "unchanged", way: "nothing" }]);
  expect(await table()).toBe(before);
  expect(await session.receivesMore(10)).toBe(true);
  expect(await estate.host("web-1").probe([{ to: "db-1", service: "tcp/22" }])).toEqual(["timeout"]);
  await session.close();
});

test("killed with -9 before any step that it takes: the next one enforces the policy that is saved", async () => {
  const folder = await writePolicy(host, policyText(ORDERS));
  for (const milliseconds of [60, 120, 180, 240, 300]) {
    const daemon = Daemon.start(host, folder, { words: ["--as", "db-1"] });
    running.push(daemon);
    await daemon.until("started");
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await daemon.end("SIGKILL");
  }
  const last = await enforcing();
  expect((await last.status()).code).toBe(0);
  expect(await table()).toContain("orders shop.yaml");
});

test("a second daemon names the first and leaves everything alone", async () => {
  const first = await enforcing();
  const before = await table();
  const second = Daemon.start(host, `${host.scratch}/policy`, { words: ["--as", "db-1"] });
  running.push(second);
  await once(second.child, "close");
  expect(second.child.exitCode).toBe(3);
  expect(second.errors).toContain("'run'");
  expect(second.errors).toContain("apply/locked");
  const oneShot = await first.ask("apply", `${host.scratch}/policy`, "--lock-wait", "0s");
  expect(oneShot.code).toBe(3);
  expect(oneShot.stderr).toContain("'run'");
  expect(await table()).toBe(before);
});

test("SIGTERM ends it with 0, the rules stay, conntrack counts as before", async () => {
  const daemon = await enforcing();
  const setting = ["cat", "/proc/sys/net/netfilter/nf_conntrack_acct"];
  expect(await host.run(setting)).toBe("1\n");
  const before = await table();
  expect(await daemon.end("SIGTERM")).toBe(0);
  expect(await table()).toBe(before);
  expect(await host.run(setting)).toBe("0\n");
});

test("SIGTERM in the middle of an apply: the policy before or the new one, and nothing left to repair", async () => {
  const daemon = await enforcing();
  await writePolicy(host, policyText(ORDERS, BACKUP));
  expect(await daemon.end("SIGTERM")).toBe(0);
  const { facts } = await daemon.status();
  expect(facts).toMatchObject({ kernel: "holds", warnings: [] });
});

/** A socket such as systemd listens on; every datagram's text. */
async function serviceSocket(): Promise<{
  path: string;
  words: () => Promise<string>;
  close: () => Promise<void>;
}> {
  const path = `${host.scratch}/notify`;
  const listening = host.namespace.spawn(["socat", "-u", `UNIX-RECV:${path}`, "STDOUT"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  listening.stdout?.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  while ((await readFile(path).catch((error) => error.code)) === "ENOENT")
    await new Promise((resolve) => setTimeout(resolve, 5));
  return {
    path,
    words: async () => text,
    close: async () => {
      const closed = once(listening, "close");
      listening.kill();
      await closed;
      await rm(path, { force: true });
    },
  };
}

test("systemd is told when it is ready, what it does, that it lives, and that it stops", async () => {
  const service = await serviceSocket();
  const daemon = await enforcing({ NOTIFY_SOCKET: service.path, WATCHDOG_USEC: "100000" });
  while (!(await service.words()).includes("WATCHDOG=1"))
    await new Promise((resolve) => setTimeout(resolve, 5));
  daemon.child.kill("SIGHUP");
  while (!(await service.words()).includes("RELOADING=1\nMONOTONIC_USEC="))
    await new Promise((resolve) => setTimeout(resolve, 5));
  await daemon.end("SIGTERM");
  const words = await service.words();
  expect(words).toMatch(/STATUS=enforcing, policy [0-9a-f]{12}/);
  expect(words.indexOf("READY=1")).toBeGreaterThanOrEqual(0);
  expect(words.indexOf("READY=1")).toBeLessThan(words.indexOf("WATCHDOG=1"));
  expect(words.trimEnd().endsWith("STOPPING=1")).toBe(true);
  await service.close();
});

test("a daemon that hangs says nothing to the watchdog, and changes no verdict", async () => {
  const service = await serviceSocket();
  const daemon = await enforcing({ NOTIFY_SOCKET: service.path, WATCHDOG_USEC: "100000" });
  while (!(await service.words()).includes("WATCHDOG=1"))
    await new Promise((resolve) => setTimeout(resolve, 5));
  daemon.child.kill("SIGSTOP");
  const before = await table();
  expect(await estate.host("web-1").probe([{ to: "db-1", service: "tcp/22" }])).toEqual(["timeout"]);
  const said = (await service.words()).length;
  expect(await estate.host("web-1").probe([{ to: "db-1", service: "tcp/23" }])).toEqual(["timeout"]);
  expect((await service.words()).length).toBe(said);
  expect(await table()).toBe(before);
  daemon.child.kill("SIGCONT");
  await service.close();
});
