/** A version on trial with real agents: it is confirmed, or the kernel goes back by itself, whoever is dead by then. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Daemon } from "../daemon/daemon.ts";
import type { Session } from "../estate/conversation.ts";
import { Estate } from "../estate/estate.ts";
import { Centre } from "./centre.ts";

const SEGMENTS = `segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
`;
const OPEN = `${SEGMENTS}rules:
  - { name: orders, allow: [tcp/5432, tcp/22], from: web, to: db }
`;
const CLOSED = `${SEGMENTS}rules:
  - { name: admins, allow: tcp/22, from: web, to: db }
`;
let estate: Estate;
let centre: Centre;
const daemons = new Map<string, Daemon>();
const NAMES = ["web-1", "db-1"] as const;
/** Kernels' clocks are waited for, on a machine that does other things as well. */
const TIMEOUT = 240_000;

beforeAll(async () => {
  estate = await Estate.create({
    hosts: { hub: ["10.0.0.5"], "web-1": ["10.0.0.11"], "db-1": ["10.0.0.21"] },
  });
  centre = await Centre.start(estate.host("hub"));
  for (const port of [22, 5432] as const) await estate.host("db-1").listen(`tcp/${port}`);
  for (const name of NAMES)
    daemons.set(name, await centre.join(estate.host(name), name, `role=${name.slice(0, -2)}`));
  for (const daemon of daemons.values()) await daemon.until("link-up");
  expect(await centre.provision(OPEN)).toBe(1);
  await centre.settled(...NAMES);
  expect(await centre.push(CLOSED)).toBe(2);
});
afterAll(async () => {
  for (const daemon of daemons.values()) await daemon.end();
  await centre?.end();
  await estate?.remove();
});

const call = (service: "tcp/22" | "tcp/5432", timeout = 700) =>
  estate.host("web-1").connect("db-1", service, { timeout });
const talk = (service: "tcp/22" | "tcp/5432"): Promise<Session> =>
  estate.host("web-1").session("db-1", service);

async function restart(name: string): Promise<Daemon> {
  await daemons.get(name)?.end("SIGKILL");
  const daemon = Daemon.start(estate.host(name), undefined);
  daemons.set(name, daemon);
  return daemon;
}

/** What `bulkhead-agent status` says of the kernel. */
interface KernelStatus {
  readonly probation: { readonly secondsLeft: number; readonly fallsBackTo: string | null } | null;
}

async function statusOf(name: string): Promise<KernelStatus> {
  return (await daemons.get(name)?.status())?.facts as unknown as KernelStatus;
}

/** Until it is so; the test's own time is the limit. */
async function until(name: string, isSo: (status: KernelStatus) => boolean): Promise<void> {
  while (!isSo(await statusOf(name)));
}

const versionInForce = async () =>
  (await centre.facts<{ policies: { number: number; active: boolean }[] }>("policies")).policies.find(
    ({ active }) => active,
  )?.number;

test("it is enforced at once, outlives agent and server, and stays when it is confirmed", {
  timeout: TIMEOUT,
}, async () => {
  const [cut, kept] = [await talk("tcp/5432"), await talk("tcp/22")];
  const { code, stdout } = await centre.ask("provision", "2", "--trial", "10m");
  expect([code, stdout]).toEqual([0, expect.stringContaining("version 2 is on trial for 10 min")]);
  await centre.settled(...NAMES);
  expect(await cut.receivesMore(1, 500)).toBe(false);
  expect(await call("tcp/5432")).not.toBe("connected");
  for (const name of NAMES) expect((await statusOf(name)).probation?.secondsLeft).toBeGreaterThan(500);

  const table = () => estate.host("db-1").run(["nft", "-s", "list", "table", "inet", "bulkhead"]);
  const tried = await table();
  // Without its server, a new agent neither confirms it nor takes it back.
  await centre.end("SIGKILL");
  const orphan = await restart("db-1");
  await orphan.until("policy-in-force");
  expect((await statusOf("db-1")).probation?.secondsLeft).toBeGreaterThan(500);
  expect(await call("tcp/5432")).not.toBe("connected");

  await centre.start();
  const { trial } = await centre.facts<{ trial: { before: number; secondsLeft: number } }>("trial");
  expect(trial.before).toBe(1);
  expect(trial.secondsLeft).toBeGreaterThan(500);
  await orphan.until("link-up");
  await centre.settled(...NAMES);
  // The clock says that the server was reached through it once: nothing has to be tried anew.
  expect(await table()).toBe(tried);
  expect((await statusOf("db-1")).probation?.secondsLeft).toBeGreaterThan(500);

  expect((await centre.ask("confirm")).code).toBe(0);
  for (const name of NAMES) await until(name, ({ probation }) => probation === null);
  await centre.settled(...NAMES);
  expect(await call("tcp/5432")).not.toBe("connected");
  expect(await kept.receivesMore(3)).toBe(true);
  expect((await centre.ask("trial")).code).toBe(1);
});

test("it goes back in the kernel although agents and server are dead; the server follows when it is back", {
  timeout: TIMEOUT,
}, async () => {
  expect((await centre.ask("rollback")).code).toBe(0);
  await centre.settled(...NAMES);
  expect(await call("tcp/5432")).toBe("connected");
  expect((await centre.ask("provision", "2", "--trial", "15s")).code).toBe(0);
  for (const name of NAMES) await until(name, ({ probation }) => probation !== null);
  await centre.settled(...NAMES);
  await centre.end("SIGKILL");
  for (const daemon of daemons.values()) await daemon.end("SIGKILL");
  expect(await call("tcp/5432")).not.toBe("connected");
  while ((await call("tcp/5432", 300)) !== "connected");
  await centre.start();
  // Its own clock ends the trial, which may be some moments after the kernels' did.
  while ((await versionInForce()) !== 1);
  for (const name of NAMES) await (await restart(name)).until("link-up");
  await centre.settled(...NAMES);
  expect(await call("tcp/5432")).toBe("connected");
  const { stdout, stderr } = await centre.ask("history", "--about", "2");
  expect(stdout + stderr).toContain("trial-lapsed");
});

test("what somebody destroys of it is mended, with what it goes back to; and it can be ended at once", {
  timeout: TIMEOUT,
}, async () => {
  expect((await centre.ask("provision", "2", "--trial", "10m")).code).toBe(0);
  await centre.settled(...NAMES);
  const db = estate.host("db-1");
  await db.run(["nft", "delete", "table", "inet", "bulkhead"]);
  await daemons.get("db-1")?.until("mended");
  // At once, and nothing else afterwards: the link is up, and what there is to be said of the table has been said.
  expect(daemons.get("db-1")?.lines("tampering")).toHaveLength(1);
  const { probation } = await statusOf("db-1");
  expect(probation?.fallsBackTo).toEqual(expect.any(String));
  expect(probation?.secondsLeft).toBeGreaterThan(500);
  expect(await call("tcp/5432")).not.toBe("connected");
  expect((await centre.ask("trial", "end")).code).toBe(0);
  await centre.settled(...NAMES);
  expect(await call("tcp/5432")).toBe("connected");
});

test("a version that is active, and the first one, have nothing to go back to", {
  timeout: TIMEOUT,
}, async () => {
  const { code, stderr } = await centre.ask("provision", "1", "--trial", "10m");
  expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining("server/trial-impossible")]);
  expect((await centre.ask("confirm")).stderr).toContain("server/no-trial");
});
