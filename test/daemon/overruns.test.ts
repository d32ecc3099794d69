/** FAULTS.md, row 17: the connection table is full, the kernel tells faster than it is heard, and somebody else listens in our place. */

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { GROUP, Watcher } from "../observe/watcher.ts";
import { flowsOf, lostOf, untilStatus } from "./asking.ts";
import { type Calls, fillTable, tableSize } from "./connection-table.ts";
import { Daemon } from "./daemon.ts";
import { policyText, writePolicy } from "./policies.ts";

const HOSTS = { "web-1": ["10.0.0.11"], "db-1": ["10.0.0.21"] };
const ORDERS = "{ name: orders, allow: [tcp/5432, udp/5433], from: web, to: db }";

let estate: Estate;
let db: Host;
let web: Host;
let daemon: Daemon;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  [db, web] = [estate.host("db-1"), estate.host("web-1")];
  for (const service of ["tcp/5432", "udp/5433", "udp/6000"] as const) await db.listen(service);
  await writePolicy(db, policyText(ORDERS));
});
afterAll(() => estate?.remove());
beforeEach(() => db.forgetFlows());
afterEach(async () => {
  await daemon?.end("SIGKILL");
  await db.exec(["nft", "delete", "table", "inet", "noisy"]);
  await db.exec(["rm", "-rf", `${db.scratch}/state`]);
});

async function enforcing(): Promise<Daemon> {
  daemon = await Daemon.enforcing(db, `${db.scratch}/policy`, { words: ["--as", "db-1"] });
  return daemon;
}

/** What is allowed over TCP and UDP, and what is not. */
function verdicts() {
  const services = ["tcp/5432", "udp/5433", "udp/6000", "tcp/22"] as const;
  return web.probe(services.map((service) => ({ to: "db-1", service, timeout: 300 })));
}
const AS_EVER = ["connected", "connected", "timeout", "timeout"];

/** So many calls, spread over callers whom nobody knows. */
function callers(count: number, service: Calls["service"]): Calls[] {
  const each = 50_000;
  return Array.from({ length: Math.ceil(count / each) }, (_, at) => ({
    from: `10.9.0.${at + 1}`,
    service,
    count: Math.min(each, count - at * each),
  }));
}

test("connections faster than they are heard of, until the table is full: nobody new gets in, who talks goes on, all losses are said", async () => {
  const running = await enforcing();
  const session = await web.session("db-1", "tcp/5432");
  await session.receivesMore(3);
  const { count, most } = await tableSize(db);
  running.child.kill("SIGSTOP");
  await fillTable(db, ...callers(most - count, "udp/5433"));
  expect(await tableSize(db)).toEqual({ count: most, most });
  expect(await verdicts()).toEqual(["timeout", "timeout", "timeout", "timeout"]);
  running.child.kill("SIGCONT");
  expect(await session.receivesMore(10)).toBe(true);
  const { losses, observer } = await untilStatus(
    running,
    ({ losses, observer }) => lostOf(losses, "conntrack-full") >= 4 && observer.open >= most,
  );
  expect(observer.overruns).toBeGreaterThan(0);
  expect(lostOf(losses, "connection-events")).toBeGreaterThan(0);
  expect((await running.status()).facts.losses).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ what: "conntrack-full" }),
      expect.objectContaining({ what: "connection-events" }),
    ]),
  );
  const { stdout } = await running.ask("status");
  expect(stdout).toMatch(/\d packets: dropped by the kernel, whose connection table was full/);
  expect(stdout).toMatch(/\d messages about connections: came faster than they were read/);
  // Those whose beginning was not heard of are found in the table itself.
  const found = (await flowsOf(running)).filter(({ remote }) => remote.address.startsWith("10.9."));
  expect(found.reduce((sum, { connections }) => sum + connections, 0)).toBe(most - count);
  await session.close();
  await db.forgetFlows();
  expect(await verdicts()).toEqual(AS_EVER);
});

/** Of another table: it shouts into our group, several times for each packet that arrives. */
const SHOUT = `log prefix "${"noise ".repeat(20)}" group ${GROUP} `;
const SHOUTING = `table inet noisy { chain c { type filter hook input priority -300; udp dport 6000 ${SHOUT.repeat(5)}; }; }\n`;

test("denied packets faster than they are heard of: the same verdicts, and the loss is counted and said", async () => {
  const running = await enforcing();
  expect(await verdicts()).toEqual(AS_EVER);
  await untilStatus(running, ({ observer }) => observer.deniedPackets >= 2);
  await db.run(["nft", "-f", "-"], { input: SHOUTING });
  running.child.kill("SIGSTOP");
  const flood = await web.flood("db-1", "udp/6000");
  while ((await deniedByKernel()) < 150_000) expect(await verdicts()).toEqual(AS_EVER);
  await flood.stop();
  running.child.kill("SIGCONT");
  const { observer } = await untilStatus(running, ({ losses }) => lostOf(losses, "denied-packets") > 0);
  expect(observer.overruns).toBeGreaterThan(0);
  // Those that were heard of are told one by one.
  const told = (await flowsOf(running)).filter(({ verdict }) => verdict === "deny");
  expect(told.reduce((sum, { packets }) => sum + packets, 0)).toBeGreaterThanOrEqual(observer.deniedPackets);
  expect((await running.ask("status")).stdout).toMatch(/\d denied packets: came faster than they were read/);
});

async function deniedByKernel(): Promise<number> {
  const chain = await db.run(["nft", "list", "chain", "inet", "bulkhead", "ingress"]);
  return Number(/packets (\d+) bytes \d+ .*comment "default: no rule allows it"/.exec(chain)?.[1]);
}

test("somebody else listens to the group at the start: all but denied packets is seen, and they as soon as it is free", async () => {
  await using other = await Watcher.start(db);
  const running = await enforcing();
  expect(await verdicts()).toEqual(AS_EVER);
  await untilStatus(running, ({ observer }) => observer.trouble !== undefined);
  const { code, facts } = await running.status();
  expect(code).toBe(1);
  expect(facts).toMatchObject({
    enforcement: { state: "enforcing" },
    observer: { trouble: expect.stringContaining(`NFLOG group ${GROUP} has a listener already`) },
  });
  expect((await running.ask("status")).stdout).toMatch(/NOT WATCHING: .*listener already/);
  await db.run(["nft", "flush", "chain", "inet", "bulkhead", "ingress"]);
  await running.until("mended");
  await other.stop();
  const { losses } = await untilStatus(running, ({ observer }) => observer.trouble === undefined);
  expect(losses).toContainEqual(expect.objectContaining({ what: "denied-packets" }));
  expect((await running.status()).code).toBe(0);
  expect(await verdicts()).toEqual(AS_EVER);
  await untilStatus(running, ({ observer }) => observer.deniedPackets >= 2);
});
