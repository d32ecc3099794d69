/** What a flood of packets that are denied costs a host with the daemon, beside the same ruleset with nobody who watches. */

import { Daemon } from "../daemon/daemon.ts";
import { counted, startCounting } from "./counting.ts";
import { type Benchmark, interleave, type Measurement, undisturbed } from "./measure.ts";
import { benchPolicy } from "./policy-text.ts";
import { CALLER_ADDRESS, Road } from "./road.ts";
import { atRest, stateBytes, toSecondCore, usageOf } from "./usage.ts";

const ROUNDS = 20;
const PACKETS = 200_000;
const SECONDS = 10;
const KILOBYTE = 1024;

type Variant = "daemon" | "alone";
const SENDERS = { one: "one address", many: "ever new addresses" } as const;
type Senders = keyof typeof SENDERS;

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  await using road = await Road.build<Variant>({ daemon: "", alone: "" });
  const daemon = await startDaemon(road);
  const table = await road.host("daemon").run(["nft", "-s", "list", "table", "inet", "bulkhead"]);
  await road.host("alone").run(["nft", "-f", "-"], { input: table });
  for (const name of ["daemon", "alone"] as const) await startCounting(road.host(name));
  const measurements: Measurement[] = [];
  for (const from of ["one", "many"] as const) {
    const rates = await interleave(
      { daemon: () => denied(road, "daemon", from), alone: () => denied(road, "alone", from) },
      ROUNDS,
      (progress) => tell(`from ${SENDERS[from]}, ${progress}`),
    );
    const rate = { daemon: undisturbed(rates.daemon), alone: undisturbed(rates.alone) };
    tell(`from ${SENDERS[from]}, ${SECONDS} s at once`);
    measurements.push(throughput(from, rate), ...(await sustained({ road, daemon, from }, rate.daemon)));
  }
  await daemon.end();
  return measurements;
}

async function startDaemon(road: Road<Variant>): Promise<Daemon> {
  const host = road.host("daemon");
  const text = benchPolicy(host.addresses, [
    `{ name: other, allow: tcp/9000, from: ${CALLER_ADDRESS}, to: bench }`,
  ]);
  const daemon = await Daemon.enforcing(host, await host.write("policy/bench.yaml", text), {
    words: ["--as", "bench"],
  });
  await toSecondCore(daemon.child);
  return daemon;
}

/** Packets denied per second. */
async function denied(road: Road<Variant>, to: Variant, from: Senders): Promise<number> {
  const before = await counted(road.host(to));
  const { seconds } = await road.flood(to, { from, count: PACKETS });
  const after = await counted(road.host(to));
  if (after.passed > before.passed)
    throw new Error(`packets pass on ${to}, so this is no flood of denied ones`);
  return (after.arrived - before.arrived) / seconds;
}

function throughput(from: Senders, rate: Record<Variant, number>): Measurement {
  return {
    name: `flood from ${SENDERS[from]}: packets denied`,
    value: rate.daemon,
    unit: "/s",
    peer: "the same ruleset without a daemon",
    peerValue: rate.alone,
    ratio: rate.daemon / rate.alone,
  };
}

/** A flood at full speed, and until the daemon has done with it. */
async function sustained(
  { road, daemon, from }: { road: Road<Variant>; daemon: Daemon; from: Senders },
  rate: number,
): Promise<Measurement[]> {
  const host = road.host("daemon");
  await atRest(daemon.child);
  const before = { ...(await usageOf(daemon.child)), bytes: await stateBytes(host) };
  const { seconds } = await road.flood("daemon", { from, count: Math.round(rate * SECONDS) });
  await atRest(daemon.child);
  const after = { ...(await usageOf(daemon.child)), bytes: await stateBytes(host) };
  const line = (
    name: string,
    unit: string,
    { value, peer, peerValue }: { value: number; peer: string; peerValue: number },
  ) => ({
    name: `flood from ${SENDERS[from]} for ${seconds.toFixed(0)} s: ${name}`,
    value,
    unit,
    peer,
    peerValue,
    ratio: value / peerValue,
  });
  const core = (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds;
  const earlier = "before it";
  return [
    line("the daemon's share of a core", "%", { value: core, peer: "a core", peerValue: 100 }),
    line("state directory", "kB", {
      value: after.bytes / KILOBYTE,
      peer: earlier,
      peerValue: before.bytes / KILOBYTE,
    }),
    line("resident memory", "MB", { value: after.megabytes, peer: earlier, peerValue: before.megabytes }),
  ];
}

export const flood: Benchmark = {
  name: "flood",
  about: "what a flood of denied packets costs",
  by: "root",
  run,
};
