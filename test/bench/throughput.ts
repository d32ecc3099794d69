/** What established flows cost: a TCP stream, and small packets of one UDP flow, through 1,000 rules against connection tracking alone. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PINNED_NODE } from "../estate/place.ts";
import { hostPolicyOfSize, STREAM_PORT } from "./estates.ts";
import { type Benchmark, interleave, type Measurement, undisturbed } from "./measure.ts";
import { CALLER_ADDRESS, Road } from "./road.ts";
import { bulkheadRuleset, CONNTRACK_ALONE } from "./rulesets.ts";

const ROUNDS = { stream: 12, packets: 40 };
const SECONDS = 1;
const PACKETS = 100_000;
const ENDS = { peer: CALLER_ADDRESS, host: "10.254.0.1" };
const STREAM = fileURLToPath(new URL("traffic/stream.ts", import.meta.url));
const IPERF = ["/usr/bin/iperf3", "/usr/local/bin/iperf3"].find((path) => existsSync(path));

type Variant = "conntrack" | "bulkhead";
const VARIANTS = ["conntrack", "bulkhead"] as const;

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  tell("loading the rulesets");
  const policy = hostPolicyOfSize({ rules: 1_000, members: 100_000, groups: 100, ports: 250 }, ENDS);
  await using road = await Road.build<Variant>({
    conntrack: CONNTRACK_ALONE,
    bulkhead: bulkheadRuleset(policy),
  });
  const stream = (to: Variant) =>
    IPERF === undefined ? streamByNode(road, to) : streamByIperf(road, to, IPERF);
  const sender = IPERF === undefined ? "own sender" : "iperf3";
  return [
    await compare({ name: `TCP stream (${sender})`, unit: "Gbit/s", rounds: ROUNDS.stream }, stream, tell),
    await compare(
      { name: "small packets of one flow", unit: "/s", rounds: ROUNDS.packets },
      (to) => road.packets(to, PACKETS),
      tell,
    ),
  ];
}

async function compare(
  { name, unit, rounds }: { name: string; unit: string; rounds: number },
  measure: (to: Variant) => Promise<number>,
  tell: (progress: string) => void,
): Promise<Measurement> {
  for (const variant of VARIANTS) await measure(variant);
  const variants = { conntrack: () => measure("conntrack"), bulkhead: () => measure("bulkhead") };
  const values = await interleave(variants, rounds, (progress) => tell(`${name}, ${progress}`));
  const [value, peerValue] = [undisturbed(values.bulkhead), undisturbed(values.conntrack)];
  const ratio = value / peerValue;
  return {
    name: `${name}, 1,000 rules`,
    value,
    unit,
    peer: "conntrack alone",
    peerValue,
    ratio,
    goal: ">= 99 %",
    met: ratio >= 0.99,
  };
}

async function streamByIperf(road: Road<Variant>, to: Variant, iperf: string): Promise<number> {
  const server = road.host(to).namespace.spawn([iperf, "-s", "-1", "-p", String(STREAM_PORT)]);
  const address = road.host(to).addresses[0] ?? "";
  await road.listening(to, STREAM_PORT);
  const command = [
    iperf,
    "-c",
    address,
    "-C",
    "reno",
    "-p",
    String(STREAM_PORT),
    "-t",
    String(SECONDS),
    "-J",
  ];
  const told = JSON.parse(await road.estate.host("caller").run(command));
  server.kill();
  return told.end.sum_received.bits_per_second / 1e9;
}

async function streamByNode(road: Road<Variant>, to: Variant): Promise<number> {
  const server = road.host(to).namespace.spawn([PINNED_NODE, STREAM, "take", String(STREAM_PORT)]);
  const address = road.host(to).addresses[0] ?? "";
  await road.listening(to, STREAM_PORT);
  const command = [PINNED_NODE, STREAM, "give", address, String(STREAM_PORT), String(SECONDS)];
  const bits = Number(await road.estate.host("caller").run(command));
  server.kill();
  return bits / 1e9;
}

export const throughput: Benchmark = {
  name: "throughput",
  about: "what established flows cost",
  by: "root",
  run,
};
