/** What seeing costs: the daemon beside `conntrack -E`, each told of the same new connections. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { AGENT } from "../estate/place.ts";
import type { Benchmark, Measurement } from "./measure.ts";
import { CALLER_ADDRESS, Road } from "./road.ts";
import { CONNTRACK_ALONE } from "./rulesets.ts";

const FLOWS = 300_000;
const PER_SECOND = [10_000, 50_000] as const;
/** As soon as this long nothing more has been recorded, nothing will be. */
const QUIET_MILLISECONDS = 3_000;

type Recorder = "daemon" | "conntrack";

interface Recording {
  readonly sent: number;
  readonly recorded: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  await using road = await Road.build<Recorder>({ daemon: "", conntrack: CONNTRACK_ALONE });
  const daemon = await startDaemon(road);
  const rest = await atRest(daemon, tell);
  const measurements: Measurement[] = [...rest];
  for (const perSecond of PER_SECOND) {
    tell(`${perSecond} new flows a second, recorded by the daemon`);
    const ours = await record(road, daemon, perSecond);
    tell(`${perSecond} new flows a second, printed by conntrack -E`);
    const theirs = await recordByConntrack(road, perSecond);
    measurements.push(...lines(perSecond, ours, theirs));
  }
  return measurements;
}

function lines(perSecond: number, ours: Recording, theirs: Recording): Measurement[] {
  const rate = `${perSecond.toLocaleString("en")} new flows/s`;
  const share = ({ sent, recorded }: Recording) => (100 * recorded) / sent;
  const cost = ({ sent, cpuSeconds }: Recording) => (1e6 * cpuSeconds) / sent;
  const compare = (name: string, unit: string, of: (recording: Recording) => number) => ({
    name: `${rate}: ${name}`,
    value: of(ours),
    unit,
    peer: "conntrack -E",
    peerValue: of(theirs),
    ratio: of(ours) / of(theirs),
  });
  return [
    { ...compare("recorded", "%", share), goal: "all of them", met: ours.recorded === ours.sent },
    compare("processor per flow", "µs", cost),
    compare("resident memory after", "MB", ({ megabytes }) => megabytes),
  ];
}

/** What a daemon that has nothing to do costs. */
async function atRest(daemon: ChildProcess, tell: (progress: string) => void): Promise<Measurement[]> {
  const seconds = 10;
  tell(`at rest for ${seconds} s`);
  const before = await usageOf(daemon);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const after = await usageOf(daemon);
  const core = (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds;
  const floor = { peer: "the goal" } as const;
  return [
    {
      name: "the daemon at rest: resident memory",
      value: after.megabytes,
      unit: "MB",
      ...floor,
      peerValue: 60,
      ratio: after.megabytes / 60,
      goal: "<= 60 MB",
      met: after.megabytes <= 60,
    },
    {
      name: "the daemon at rest: share of a core",
      value: core,
      unit: "%",
      ...floor,
      peerValue: 0.1,
      ratio: core / 0.1,
      goal: "<= 0.1 %",
      met: core <= 0.1,
    },
  ];
}

async function startDaemon(road: Road<Recorder>): Promise<ChildProcess> {
  const host = road.host("daemon");
  const [address = ""] = host.addresses;
  const policy = await host.write(
    "policy.yaml",
    `hosts:\n  bench: { addresses: [${host.addresses.join(", ")}], labels: { role: bench } }\n` +
      `segments:\n  bench: { select: "role=bench" }\n` +
      `rules:\n  - { name: asked, allow: udp/8443, from: ${CALLER_ADDRESS}, to: bench }\n`,
  );
  const daemon = host.namespace.spawn(
    [...onSecondCore(), AGENT, "run", "--policy", policy, "--as", "bench", ...stateOf(host.scratch)],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  while ((await host.exec([AGENT, "status", ...stateOf(host.scratch)])).code !== 0) {
    if (daemon.exitCode !== null) throw new Error(`the daemon on ${address} ended`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return daemon;
}

function stateOf(scratch: string): string[] {
  return ["--state-dir", `${scratch}/state`, "--socket", `${scratch}/agent.sock`];
}

async function record(road: Road<Recorder>, daemon: ChildProcess, perSecond: number): Promise<Recording> {
  const before = await usageOf(daemon);
  const known = await recorded(road);
  const sent = await road.pacedFlows("daemon", FLOWS, perSecond);
  let count = known;
  for (let quiet = 0; quiet < QUIET_MILLISECONDS && count - known < sent; ) {
    const now = await recorded(road);
    quiet = now === count ? quiet + 500 : 0;
    count = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const after = await usageOf(daemon);
  return {
    sent,
    recorded: count - known,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    megabytes: after.megabytes,
  };
}

/** Connections in all records of the service that is asked for. */
async function recorded(road: Road<Recorder>): Promise<number> {
  const host = road.host("daemon");
  const text = await host.run([
    AGENT,
    "flows",
    "--json",
    "--since",
    "1h",
    "--limit",
    "100000",
    ...stateOf(host.scratch),
  ]);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): { service: string; connections: number } => JSON.parse(line))
    .filter(({ service }) => service === "udp/8443")
    .reduce((sum, { connections }) => sum + connections, 0);
}

async function recordByConntrack(road: Road<Recorder>, perSecond: number): Promise<Recording> {
  const host = road.host("conntrack");
  const watching = host.namespace.spawn(
    [...onSecondCore(), "conntrack", "-E", "-e", "NEW,DESTROY", "-p", "udp"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let news = 0;
  let heard = 0;
  watching.stdout?.setEncoding("latin1").on("data", (text: string) => {
    heard = performance.now();
    news += text.split("[NEW]").length - 1;
  });
  const sent = await road.pacedFlows("conntrack", FLOWS, perSecond);
  while (performance.now() - heard < QUIET_MILLISECONDS)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const usage = await usageOf(watching);
  const gone = once(watching, "close");
  watching.kill();
  await gone;
  return { sent, recorded: news, ...usage };
}

function onSecondCore(): string[] {
  return availableParallelism() > 1 ? ["taskset", "--cpu-list", "1"] : [];
}

/** Of all threads of a process, since it began. The launchers replace themselves, so the child is the program. */
async function usageOf({ pid }: ChildProcess): Promise<{ cpuSeconds: number; megabytes: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return { cpuSeconds: ticks / 100, megabytes: kilobytes / 1024 };
}

export const recording: Benchmark = {
  name: "recording",
  about: "what seeing connections costs, and whether any is missed",
  by: "root",
  run,
};
