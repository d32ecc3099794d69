/** Loading 100,000 addresses at once: over netlink, and as a whole ruleset, against `nft -f` of a set with the same addresses. */

import { fileURLToPath } from "node:url";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";
import { addressNumber, hostPolicyOfSize } from "./estates.ts";
import { type Benchmark, type Measurement, undisturbedTime } from "./measure.ts";
import { bulkheadRuleset } from "./rulesets.ts";

const inside = (name: string) => fileURLToPath(new URL(`inside/${name}`, import.meta.url));
const COUNT = 100_000;
const ROUNDS = 10;
const ENDS = { peer: "10.255.0.1", host: "10.254.0.1" };

function plainSet(elements: readonly string[]): string {
  return `table inet peer {\n  set members {\n    type ipv4_addr\n    elements = { ${elements.join(", ")} }\n  }\n}\n`;
}

/** Milliseconds that the command takes where the table is not there yet. */
async function loadByCommand(host: Host, file: string): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await host.run(["nft", "-f", file]);
    milliseconds.push(performance.now() - began);
    await host.run(["nft", "delete", "table", "inet", "peer"]);
  }
  return milliseconds;
}

async function ask(host: Host, argv: readonly string[]): Promise<number[]> {
  return JSON.parse(await host.run([PINNED_NODE, ...argv]));
}

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  await using estate = await Estate.create({
    hosts: { members: ["10.254.0.1"], ruleset: ["10.254.0.2"], peer: ["10.254.0.3"] },
  });
  const [members, ruleset, peer] = ["members", "ruleset", "peer"].map((name) => estate.host(name)) as [
    Host,
    Host,
    Host,
  ];
  const addresses = Array.from({ length: COUNT }, (_, n) => addressNumber(n));
  const set = await peer.write("set.nft", plainSet(addresses));
  const policy = hostPolicyOfSize({ rules: 10, members: COUNT, groups: 2, ports: 5 }, ENDS);
  const whole = await ruleset.write("ruleset.nft", bulkheadRuleset(policy));
  const empty = hostPolicyOfSize({ rules: 10, members: 4, groups: 2, ports: 5 }, ENDS);
  await members.run(["nft", "-f", "-"], { input: bulkheadRuleset(empty) });
  await members.run(["nft", "flush", "set", "inet", "bulkhead", "group0_4"]);
  tell("nft -f of the set");
  const byCommand = undisturbedTime(await loadByCommand(peer, set));
  tell("over netlink");
  const byNetlink = undisturbedTime(
    await ask(members, [inside("load-members.ts"), "group0_4", String(COUNT), String(ROUNDS)]),
  );
  tell("as a whole ruleset");
  const asRuleset = undisturbedTime(await ask(ruleset, [inside("load-ruleset.ts"), whole, String(ROUNDS)]));
  const line = (name: string, value: number, least: { goal: string; most: number }) => ({
    name,
    value,
    unit: "ms",
    peer: "nft -f of the same set",
    peerValue: byCommand,
    ratio: value / byCommand,
    goal: least.goal,
    met: value / byCommand <= least.most,
  });
  return [
    line("100,000 addresses into a set, over netlink", byNetlink, { goal: "<= 1 x, aim at 0.1 x", most: 1 }),
    line("100,000 addresses, whole ruleset by the agent", asRuleset, { goal: "<= 1 x", most: 1 }),
  ];
}

export const fullLoad: Benchmark = { name: "full-load", about: "100,000 addresses at once", by: "root", run };
