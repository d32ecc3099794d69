/** What was sent is what `flows` says: thousands of random flows, and a daemon that is killed among them. */

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FlowLine } from "../../shared/flow/flow-line.ts";
import { Estate } from "../estate/estate.ts";
import { flowsOf, statusOf, untilStatus } from "./asking.ts";
import { fillTable } from "./connection-table.ts";
import { Daemon } from "./daemon.ts";
import { writePolicy } from "./policies.ts";
import {
  ADDRESSES,
  DAEMONS,
  type HostName,
  type PlannedFlow,
  POLICY,
  randomFlows,
  SERVICES,
  type Sums,
  send,
  sumsOfRecorded,
  sumsOfSent,
} from "./random-flows.ts";

const SEED = Number(process.env.PROPERTY_SEED ?? 20_250);
const FLOWS = Number(process.env.PROPERTY_FLOWS ?? 3_000);
const AT_ONCE = 600;

let estate: Estate;
const running = new Map<HostName, Daemon>();

beforeAll(async () => {
  const hosts = Object.entries(ADDRESSES).map(([name, both]) => [name, Object.values(both)] as const);
  estate = await Estate.create({ hosts: Object.fromEntries(hosts) });
  for (const host of estate.hosts.values()) for (const service of SERVICES) await host.listen(service);
});
afterAll(() => estate?.remove());
afterEach(async () => {
  for (const [name, daemon] of running) {
    await daemon.end("SIGKILL");
    await estate.host(name).run(["rm", "-r", `${estate.host(name).scratch}/state`]);
  }
  running.clear();
});

async function start(name: HostName): Promise<Daemon> {
  const host = estate.host(name);
  const daemon = await Daemon.enforcing(host, await writePolicy(host, POLICY), { words: ["--as", name] });
  running.set(name, daemon);
  // It watches by the policy that is in force as soon as it answers.
  await statusOf(daemon);
  return daemon;
}

function portions(flows: readonly PlannedFlow[]): readonly (readonly PlannedFlow[])[] {
  return Array.from({ length: Math.ceil(flows.length / AT_ONCE) }, (_, at) =>
    flows.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
}

/** Ends every connection, so that all that they carried is told; resolves with the records when nothing of what was sent is on its way any more. */
async function told(name: HostName, sent: Sums): Promise<readonly FlowLine[]> {
  const daemon = running.get(name) ?? expect.unreachable();
  await estate.host(name).forgetFlows();
  const denied = [...sent].filter(([key]) => key.startsWith(`${name} deny `));
  const attempts = denied.reduce((sum, [, { connections }]) => sum + connections, 0);
  await untilStatus(daemon, ({ observer }) => observer.open === 0 && observer.deniedPackets >= attempts);
  return flowsOf(daemon);
}

test("all flows, v4 and v6, allowed, denied and observed, at both of their ends", async () => {
  for (const name of DAEMONS) await start(name);
  const flows = randomFlows(SEED, FLOWS);
  for (const portion of portions(flows)) await send(estate, portion);
  const sent = sumsOfSent(flows);
  const lines = { "db-1": await told("db-1", sent), "lab-1": await told("lab-1", sent) };
  for (const verdict of ["allow", "deny", "would-deny"])
    for (const direction of ["ingress", "egress"])
      expect([...sent.keys()].join("\n")).toContain(` ${verdict} ${direction} `);
  expect(sumsOfRecorded(lines, sent), `PROPERTY_SEED=${SEED}`).toEqual(sent);
  for (const name of DAEMONS) {
    const { losses, observer } = await statusOf(running.get(name) ?? expect.unreachable());
    expect([losses, observer.overruns]).toEqual([[], 0]);
  }
});

test("a daemon that is killed and started again: whatever is not recorded lies within a time that is told as lost", async () => {
  const daemon = await start("db-1");
  const [before = [], during = [], without = [], after = []] = portions(randomFlows(SEED + 1, 4 * AT_ONCE));
  const sent = [await timed(before)];
  await untilStatus(daemon, ({ observer }) => observer.connectionEvents > 0);
  const sending = timed(during);
  await estate.host("web-1").fence();
  await daemon.end("SIGKILL");
  sent.push(await sending, await timed(without));
  // An entry that was made while nobody listened ends without a word.
  await daemon.host.forgetFlows();
  await start("db-1");
  sent.push(await timed(after));
  const lines = await told("db-1", sumsOfSent(after));
  const { losses } = await statusOf(running.get("db-1") ?? expect.unreachable());
  const isCovered = ({ start, end }: Timed) => losses.some((loss) => loss.start <= end && start <= loss.end);
  const certain = sumsOfSent(sent.filter((one) => !isCovered(one)).flatMap(({ flows }) => flows));
  const possible = sumsOfSent(sent.flatMap(({ flows }) => flows));
  expect(sent.map(isCovered).slice(1)).toEqual([true, true, false]);
  const recorded = sumsOfRecorded({ "db-1": lines }, new Map());
  for (const [key, { connections }] of possible) {
    if (!key.startsWith("db-1 ")) continue;
    const found = recorded.get(key)?.connections ?? 0;
    expect(found, key).toBeGreaterThanOrEqual(certain.get(key)?.connections ?? 0);
    expect(found, key).toBeLessThanOrEqual(connections);
  }
  // Those without connections were open before, and found.
  const others = [...recorded].filter(([key, { connections }]) => connections > 0 && !possible.has(key));
  expect(others).toEqual([]);
});

interface Timed {
  readonly flows: readonly PlannedFlow[];
  readonly start: number;
  readonly end: number;
}

async function timed(flows: readonly PlannedFlow[]): Promise<Timed> {
  const start = Date.now();
  await send(estate, flows);
  return { flows, start, end: Date.now() };
}

test("a daemon that is told to end reads to its end what has happened until then", async () => {
  const daemon = await start("db-1");
  const count = 20_000;
  daemon.child.kill("SIGSTOP");
  await fillTable(daemon.host, { from: ADDRESSES["web-1"][4], service: "udp/5433", count });
  daemon.child.kill("SIGTERM");
  await daemon.end("SIGCONT");
  const told = await flowsOf(daemon);
  expect(told.reduce((sum, { connections }) => sum + connections, 0)).toBe(count);
  await daemon.host.forgetFlows();
});
