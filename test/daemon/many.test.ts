/** A host with very many connections, or very many cgroups, when the daemon starts. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { abilities, Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { flowsOf, statusOf, untilStatus } from "./asking.ts";
import { fillTable, tableSize } from "./connection-table.ts";
import { Daemon } from "./daemon.ts";
import { HOSTS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let db: Host;
let web: Host;
let daemon: Daemon | undefined;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  [db, web] = [estate.host("db-1"), estate.host("web-1")];
});
// What was made of cgroups goes with the estate.
afterAll(() => estate?.remove());
afterEach(async () => {
  await daemon?.end();
  await daemon?.ask("clear", "--yes");
  daemon = undefined;
});

async function start(...rules: readonly string[]): Promise<Daemon> {
  daemon = Daemon.start(db, await writePolicy(db, policyText(...rules)), { words: ["--as", "db-1"] });
  await daemon.until("started");
  return daemon;
}

test("a hundred thousand connections at the start: enforced, answered meanwhile, all found and none cut", async () => {
  const half = 50_000;
  const listener = await db.listen("tcp/5432");
  await fillTable(
    db,
    { from: "10.0.0.11", service: "tcp/5432", count: half },
    { from: "10.0.0.11", service: "udp/5433", count: half },
  );
  const running = await start("{ name: orders, allow: [tcp/5432, udp/5433], from: web, to: db }");
  await running.until("policy-in-force");
  expect(await statusOf(running)).toMatchObject({ enforcement: { state: "enforcing" } });
  // From a port that none of the others has.
  const probes = (["tcp/5432", "tcp/22"] as const).map((service) => ({
    to: "db-1",
    service,
    sourcePort: 62_000,
  }));
  expect(await web.probe(probes)).toEqual(["connected", "timeout"]);
  await untilStatus(running, ({ observer }) => observer.open >= 2 * half);
  expect((await tableSize(db)).count).toBeGreaterThanOrEqual(2 * half);
  const more = fillTable(db, { from: "10.0.0.12", service: "udp/5433", count: half });
  let answers = 0;
  let isOver = false;
  const over = more.then(() => {
    isOver = true;
  });
  while (!isOver) {
    expect((await statusOf(running)).enforcement.state).toBe("enforcing");
    answers += 1;
  }
  await over;
  expect(answers).toBeGreaterThan(1);
  await untilStatus(running, ({ observer }) => observer.open >= 3 * half);
  const fromWeb = (await flowsOf(running)).filter(({ remote }) => remote.address === "10.0.0.11");
  // Those from before are not counted as new ones: there are two, the probes'.
  expect(fromWeb.reduce((sum, { connections }) => sum + connections, 0)).toBe(2);
  await db.forgetFlows();
  await listener.close();
});

describe.skipIf(!abilities().units)("cgroups", () => {
  test("ten thousand of them: a unit that restarts is followed all the same", async () => {
    await makeUnits(100, 100);
    const running = await start(
      "{ name: orders, allow: tcp/5432, from: web, to: { segment: db, unit: pg.service } }",
    );
    await running.until("policy-in-force");
    const call = () => web.probe([{ to: "db-1", service: "tcp/5432" }]);
    for (const change of [1, 3]) {
      const unit = await db.unit("pg.service");
      await unit.listen("tcp/5432");
      expect(await running.until("policy-in-force", change)).toMatchObject({ way: "members", missing: [] });
      expect(await call()).toEqual(["connected"]);
      await unit.stop();
      await running.until("policy-in-force", change + 1);
    }
    // Control: the same port in one of the others.
    const other = await db.unit("other.service");
    await other.listen("tcp/5432");
    expect(await call()).toEqual(["timeout"]);
    await other.stop();
  });

  async function makeUnits(slices: number, each: number): Promise<void> {
    const top = db.cgroup ?? expect.unreachable();
    for (let slice = 0; slice < slices; slice++) {
      const directory = join(top, `many-${slice}.slice`);
      await mkdir(directory);
      for (let unit = 0; unit < each; unit++) await mkdir(join(directory, `idle-${unit}.service`));
    }
  }
});
