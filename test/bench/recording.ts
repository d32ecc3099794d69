/** What seeing costs: the daemon beside `conntrack -E`, each told of the same new connections. */

import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Daemon } from "../daemon/daemon.ts";
import { counted, startCounting } from "./counting.ts";
import type { Benchmark, Measurement } from "./measure.ts";
import { CALLER_ADDRESS, Road } from "./road.ts";
import { CONNTRACK_ALONE } from "./rulesets.ts";
import { atRest, onSecondCore, toSecondCore, usageOf } from "./usage.ts";

const FLOWS = 300_000;
const PER_SECOND = [10_000, 50_000] as const;
/** As soon as this long nothing more has been recorded, nothing will be. */
const QUIET_MILLISECONDS = 3_000;
/** As much as the daemon lets the kernel keep for it. (conntrack 1.4.7 asks this for another socket than the one with the events, and stays with the default.) */
const RECEIVE_BYTES = String(64 * 1024 * 1024);

type Recorder = "daemon" | "conntrack";

interface Recording {
  /** Flows that became connections: a few of those sent may find no room on the way. */
  readonly arrived: number;
  readonly recorded: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  await using road = await Road.build<Recorder>({ daemon: "", conntrack: CONNTRACK_ALONE });
  for (const name of ["daemon", "conntrack"] as const) await startCounting(road.host(name));
  const daemon = await startDaemon(road);
  const measurements = await resting(daemon, tell);
  for (const perSecond of PER_SECOND) {
    tell(`${perSecond} new flows a second, recorded by the daemon`);
    const ours = await record(road, daemon, perSecond);
    tell(`${perSecond} new flows a second, printed by conntrack -E`);
    const theirs = await recordByConntrack(road, perSecond);
    measurements.push(...lines(perSecond, ours, theirs));
  }
  await daemon.end();
  return measurements;
}

function lines(perSecond: number, ours: Recording, theirs: Recording): Measurement[] {
  const rate = `${perSecond.toLocaleString("en")} new flows/s`;
  const cost = ({ recorded, cpuSeconds }: Recording) => (1e6 * cpuSeconds) / recorded;
  const compare = (name: string, unit: string, of: (recording: Recording) => number) => ({
    name: `${rate}: ${name}`,
    value: of(ours),
    unit,
    peer: "conntrack -E",
    peerValue: of(theirs),
    ratio: of(ours) / of(theirs),
  });
  const share = compare("recorded of those that arrived", "%", (one) => (100 * one.recorded) / one.arrived);
  return [
    { ...share, goal: "all of them", met: ours.recorded === ours.arrived },
    compare("processor per recorded flow", "µs", cost),
    compare("share of a core", "%", ({ arrived, cpuSeconds }) => (100 * cpuSeconds * perSecond) / arrived),
    compare("resident memory after", "MB", ({ megabytes }) => megabytes),
  ];
}

/** What a daemon that has nothing to do costs. */
async function resting(daemon: Daemon, tell: (progress: string) => void): Promise<Measurement[]> {
  const seconds = 20;
  tell("waiting for the daemon to come to rest");
  await atRest(daemon.child);
  tell(`at rest for ${seconds} s`);
  const before = await usageOf(daemon.child);
  await pause(seconds * 1000);
  const after = await usageOf(daemon.child);
  const line = (name: string, unit: string, { value, most }: { value: number; most: number }) => ({
    name: `the daemon at rest: ${name}`,
    value,
    unit,
    peer: "the goal",
    peerValue: most,
    ratio: value / most,
    goal: `<= ${most} ${unit}`,
    met: value <= most,
  });
  const core = (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds;
  return [
    line("resident memory", "MB", { value: after.megabytes, most: 60 }),
    line("share of a core", "%", { value: core, most: 0.1 }),
  ];
}

async function startDaemon(road: Road<Recorder>): Promise<Daemon> {
  const host = road.host("daemon");
  const policy = await host.write(
    "policy.yaml",
    `hosts:\n  bench: { addresses: [${host.addresses.join(", ")}], labels: { role: bench } }\n` +
      `segments:\n  bench: { select: "role=bench" }\n` +
      `rules:\n  - { name: asked, allow: udp/8443, from: ${CALLER_ADDRESS}, to: bench }\n`,
  );
  const daemon = await Daemon.enforcing(host, policy, { words: ["--as", "bench"] });
  await toSecondCore(daemon.child);
  return daemon;
}

async function record(road: Road<Recorder>, daemon: Daemon, perSecond: number): Promise<Recording> {
  const known = await recorded(daemon);
  const [before, { passed }] = [await usageOf(daemon.child), await counted(road.host("daemon"))];
  await road.pacedFlows("daemon", FLOWS, perSecond);
  const arrived = (await counted(road.host("daemon"))).passed - passed;
  let count = known;
  for (let quiet = 0; quiet < QUIET_MILLISECONDS && count - known < arrived; ) {
    const now = await recorded(daemon);
    quiet = now === count ? quiet + 500 : 0;
    count = now;
    await pause(500);
  }
  const after = await usageOf(daemon.child);
  return {
    arrived,
    recorded: count - known,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    megabytes: after.megabytes,
  };
}

/** Connections in all records of the service that is asked for. */
async function recorded(daemon: Daemon): Promise<number> {
  const { stdout } = await daemon.ask("flows", "--json", "--since", "1h", "--limit", "100000");
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): { service: string; connections: number } => JSON.parse(line))
    .filter(({ service }) => service === "udp/8443")
    .reduce((sum, { connections }) => sum + connections, 0);
}

async function recordByConntrack(road: Road<Recorder>, perSecond: number): Promise<Recording> {
  const host = road.host("conntrack");
  const watching = host.namespace.spawn(
    [...onSecondCore(), "conntrack", "-E", "-e", "NEW,DESTROY", "-p", "udp", "-b", RECEIVE_BYTES],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let news = 0;
  let heard = 0;
  watching.stdout?.setEncoding("latin1").on("data", (text: string) => {
    heard = performance.now();
    news += text.split("[NEW]").length - 1;
  });
  const { passed } = await counted(host);
  await road.pacedFlows("conntrack", FLOWS, perSecond);
  while (performance.now() - heard < QUIET_MILLISECONDS) await pause(100);
  const usage = await usageOf(watching);
  const gone = once(watching, "close");
  watching.kill();
  await gone;
  return { arrived: (await counted(host)).passed - passed, recorded: news, ...usage };
}

export const recording: Benchmark = {
  name: "recording",
  about: "what seeing connections costs, and whether any is missed",
  by: "root",
  run,
};
