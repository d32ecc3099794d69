import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { estateCgroups } from "./cgroups.ts";
import { PATIENCE } from "./conversation.ts";
import { Estate } from "./estate.ts";
import { sweepLeftovers } from "./leftovers.ts";
import { ESTATE_PREFIX, PINNED_NODE, SCRATCH } from "./place.ts";

const HOSTS = { "web-1": ["10.0.0.11", "fd00::11"], "db-1": ["10.0.0.21", "fd00::21"] };

describe.each([
  ["as who we are", false],
  ["in a user namespace", true],
])("%s", (_how, unprivileged) => {
  test("TCP, UDP and echo get through on both families, and are refused where nobody listens", async () => {
    await using estate = await Estate.create({ hosts: HOSTS, unprivileged });
    const [web, db] = [estate.host("web-1"), estate.host("db-1")];
    await db.listen("tcp/5432");
    await db.listen("udp/53");
    for (const family of [4, 6] as const)
      expect(
        await web.probe([
          { to: "db-1", service: "tcp/5432", family, timeout: PATIENCE },
          { to: "db-1", service: "udp/53", family, timeout: PATIENCE },
          { to: "db-1", service: "icmp", family, timeout: PATIENCE },
          { to: "db-1", service: "tcp/1", family, timeout: PATIENCE },
          { to: "db-1", service: "udp/1", family, timeout: PATIENCE },
        ]),
      ).toEqual(["connected", "connected", "connected", "refused", "refused"]);
  });

  test("a command on a host sees the host's name, interface and nothing of the machine's", async () => {
    await using estate = await Estate.create({ hosts: HOSTS, unprivileged });
    const web = estate.host("web-1");
    expect(await web.run(["hostname"])).toBe("web-1\n");
    expect(await web.run(["ip", "-o", "-4", "addr", "show", "dev", "eth0"])).toContain("10.0.0.11/32");
    expect(await web.run(["nft", "list", "ruleset"])).toBe("");
    expect(await web.exec(["sh", "-c", "cat; exit 3"], { input: "in" })).toEqual({
      code: 3,
      stdout: "in",
      stderr: "",
    });
  });
});

describe("with a firewall between", () => {
  let estate: Estate;
  beforeAll(async () => {
    estate = await Estate.create({ hosts: HOSTS });
    await estate.host("db-1").listen("tcp/5432");
    await estate.host("db-1").listen("udp/53");
  });
  afterAll(() => estate.remove());

  test("a drop on the way in is a timeout; a reject on the way out is told at once", async () => {
    const [web, db] = [estate.host("web-1"), estate.host("db-1")];
    await db.run(["nft", "-f", "-"], { input: chain("input", "tcp dport 5432 drop; udp dport 53 drop") });
    await web.run(["nft", "-f", "-"], {
      input: chain(
        "output",
        "tcp dport 80 reject with tcp reset; udp dport 80 reject with icmpx admin-prohibited",
      ),
    });
    for (const family of [4, 6] as const)
      expect(
        await web.probe([
          { to: "db-1", service: "tcp/5432", family, timeout: 300 },
          { to: "db-1", service: "udp/53", family, timeout: 300 },
          { to: "db-1", service: "tcp/80", family, timeout: PATIENCE },
          { to: "db-1", service: "udp/80", family, timeout: PATIENCE },
        ]),
      ).toEqual(["timeout", "timeout", "refused", "prohibited"]);
    for (const host of [web, db]) await host.run(["nft", "flush", "ruleset"]);
  });

  test("a flood arrives at its listener, and none of it where it is dropped", async () => {
    const [web, db] = [estate.host("web-1"), estate.host("db-1")];
    const listener = await db.listen("udp/99", { answer: "sink" });
    for (const family of [4, 6] as const) {
      const flood = await web.flood("db-1", "udp/99", { family });
      expect(await listener.hearsMore(1000)).toBe(true);
      await db.run(["nft", "-f", "-"], { input: chain("input", "udp dport 99 drop") });
      await db.fence();
      const before = await listener.received();
      const sentBefore = flood.sent;
      expect(await listener.hearsMore(1, 200)).toBe(false);
      expect(await flood.stop()).toBeGreaterThan(sentBefore + 1000);
      expect(await listener.received()).toBe(before);
      await db.run(["nft", "flush", "ruleset"]);
    }
    await listener.close();
  });

  test.each(["tcp/7", "udp/7"] as const)(
    "a session over %s counts at both ends and goes on until it is closed",
    async (service) => {
      const [web, db] = [estate.host("web-1"), estate.host("db-1")];
      const listener = await db.listen(service);
      const session = await web.session("db-1", service);
      expect(await session.receivesMore(20)).toBe(true);
      await session.pause();
      await db.fence();
      const { sent } = await session.traffic();
      await expect.poll(async () => (await session.traffic()).received).toBe(sent);
      await expect
        .poll(() => listener.heard())
        .toEqual({ [`10.0.0.11:${session.localPort}`]: { sent, received: sent, lost: 0, ended: null } });
      await session.close();
      await listener.close();
    },
  );

  test.each(["tcp/8", "udp/8"] as const)(
    "over %s a server that only pushes and a client that only sends are heard",
    async (service) => {
      const [web, db] = [estate.host("web-1"), estate.host("db-1")];
      const pushing = await db.listen(service, { answer: "push" });
      const hearing = await web.session("db-1", service, { talk: "hear" });
      expect(await hearing.receivesMore(20)).toBe(true);
      expect((await hearing.traffic()).sent).toBe(service === "tcp/8" ? 0 : 1);
      await pushing.close();
      const sinking = await db.listen(service, { answer: "sink" });
      const telling = await web.session("db-1", service, { talk: "tell", family: 6 });
      expect(await sinking.hearsMore(20)).toBe(true);
      expect((await telling.traffic()).received).toBe(0);
      for (const open of [hearing, telling, sinking]) await open.close();
    },
  );
});

test("a unit and an account are what the kernel matches on", async ({ skip }) => {
  await using estate = await Estate.create({ hosts: HOSTS });
  if (!estate.can.units || !estate.can.accounts) skip("no right to make cgroups or to change accounts");
  const [web, db] = [estate.host("web-1"), estate.host("db-1")];
  await db.listen("tcp/5432");
  const unit = await web.unit("shop-api.service");
  const account = await web.account(1001);
  await web.run(["nft", "-f", "-"], {
    input: chain(
      "output",
      'socket cgroupv2 level 2 "system.slice/shop-api.service" accept; meta skuid 1001 accept; tcp flags syn drop',
    ),
  });
  for (const speaker of [unit, account])
    expect(await speaker.connect("db-1", "tcp/5432", { timeout: PATIENCE })).toBe("connected");
  expect(await web.connect("db-1", "tcp/5432", { timeout: 300 })).toBe("timeout");
});

test("an estate that is removed leaves no process, directory or cgroup", async () => {
  const estate = await Estate.create({ hosts: HOSTS });
  const pids = [...estate.hosts.values()].map((host) => host.namespace.pid);
  const running = estate.host("web-1").namespace.spawn(["sleep", "1000"]);
  await estate.remove();
  for (const pid of [...pids, estate.switch.pid, running.pid])
    expect(existsSync(`/proc/${pid}/ns`)).toBe(false);
  expect(leftoversOf(process.pid)).toEqual([]);
  expect((await estateCgroups()).filter((path) => path.includes(`-${process.pid}-`))).toEqual([]);
});

test("a maker that is killed takes its hosts along, and the next estate sweeps away the rest", async () => {
  const maker = await killableMaker();
  const pids = await maker.pids;
  expect(pids.every((pid) => existsSync(`/proc/${pid}`))).toBe(true);
  maker.process.kill("SIGKILL");
  await expect
    .poll(() => pids.filter((pid) => existsSync(`/proc/${pid}/exe`)), { timeout: 10_000 })
    .toEqual([]);
  expect(leftoversOf(maker.process.pid)).not.toEqual([]);
  await sweepLeftovers();
  expect(leftoversOf(maker.process.pid)).toEqual([]);
  expect((await estateCgroups()).filter((path) => path.includes(`-${maker.process.pid}-`))).toEqual([]);
});

function chain(hook: "input" | "output", rules: string): string {
  const lines = rules.split(";").join("\n");
  return `table inet t {\n chain c {\n type filter hook ${hook} priority 0\n ${lines}\n }\n}\n`;
}

function leftoversOf(pid: number | undefined): string[] {
  return readdirSync(SCRATCH).filter((name) => name.startsWith(`${ESTATE_PREFIX}${pid}-`));
}

/** Another process with an estate of its own, which prints its hosts' pids. */
async function killableMaker(): Promise<{ process: ChildProcess; pids: Promise<number[]> }> {
  const source = `
    const { Estate } = await import(${JSON.stringify(new URL("./estate.ts", import.meta.url).href)});
    const estate = await Estate.create({ hosts: ${JSON.stringify(HOSTS)} });
    console.log(JSON.stringify([estate.switch.pid, ...[...estate.hosts.values()].map((host) => host.namespace.pid)]));
    setInterval(() => {}, 1000);`;
  const child = spawn(PINNED_NODE, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = once(createInterface({ input: child.stdout }), "line");
  return { process: child, pids: line.then(([text]) => JSON.parse(text)) };
}
