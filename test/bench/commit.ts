/** From a change at the server to the verdict on another host: a label moves a host into a segment and out of it; against `nft add element` into the same table on a host without an agent. */

import { setTimeout as pause } from "node:timers/promises";
import { apiClient } from "@bulkhead/server/client/api-client.ts";
import { Centre, joined } from "../centre/centre.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { CommitWatch } from "./commit-watch.ts";
import { addressNumber } from "./estates.ts";
import { machineNow } from "./machine-clock.ts";
import { type Benchmark, type Measurement, median, percentile } from "./measure.ts";

const MEMBERS = 1_000;
const ROUNDS = 40;
const WARM_UP = 4;
const [HUB, CALLER, ENFORCER, PEER] = ["hub", "caller", "enforcer", "peer"] as const;
const ADDRESSES = {
  [HUB]: "10.255.0.1",
  [CALLER]: "10.255.0.2",
  [ENFORCER]: "10.255.0.3",
  [PEER]: "10.255.0.4",
} as const;
const SET = /set (\w+_4) \{[^}]*type ipv4_addr\n/;
const GOAL = 20;
const DENIALS = 20;
const SECOND = 1_000;

interface Times {
  readonly joins: number[];
  readonly leaves: number[];
  readonly command: number[];
}

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  const hosts = Object.fromEntries(Object.entries(ADDRESSES).map(([name, address]) => [name, [address]]));
  await using estate = await Estate.create({ hosts });
  const centre = await Centre.start(estate.host(HUB));
  tell(`a policy with ${MEMBERS.toLocaleString("en")} members, on a host that has joined`);
  await joined(estate.host(CALLER), centre.url, await centre.token("role=guest"), CALLER);
  const daemon = await centre.join(estate.host(ENFORCER), ENFORCER, "role=db");
  await centre.provision(policy());
  await centre.settled(ENFORCER);
  const command = await Command.on(estate.host(PEER), estate.host(ENFORCER));
  const times = await measure(centre, estate.host(ENFORCER), { daemon, command, tell });
  tell("calls that are denied, until the server knows");
  const denials = await seen(centre, estate.host(CALLER));
  await daemon.end();
  await centre.end();
  return [...lines(times), ...denialLines(denials)];
}

function policy(): string {
  const hosts = Array.from(
    { length: MEMBERS },
    (_, n) => `  web-${n}: { addresses: [${addressNumber(n)}], labels: { role: web } }`,
  );
  return [
    "hosts:",
    ...hosts,
    'segments: { web: { select: "role=web" }, db: { select: "role=db" } }',
    "rules:",
    "  - { name: orders, allow: tcp/5432, from: web, to: db }",
  ].join("\n");
}

async function measure(
  centre: Centre,
  host: Host,
  {
    daemon,
    command,
    tell,
  }: { readonly daemon: Daemon; readonly command: Command; readonly tell: (progress: string) => void },
): Promise<Times> {
  await using watch = await CommitWatch.start(host);
  const client = apiClient({ kind: "socket", path: `${centre.directory}/server.sock` });
  const label = async (role: string) => {
    const [first, seen] = [await watch.settled(), daemon.lines("policy-in-force").length];
    const began = machineNow();
    await client.send("PUT", `/api/v1/hosts/${CALLER}/labels`, { labels: { role } });
    const isIn = role === "web";
    const right = await watch.right(first, (table) => table.includes(ADDRESSES[CALLER]) === isIn);
    await daemon.until("policy-in-force", seen);
    return right - began;
  };
  const times: Times = { joins: [], leaves: [], command: [] };
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    if (round % 10 === 0) tell(`round ${round} of ${ROUNDS + WARM_UP}`);
    const [joins, leaves, adds] = [await label("web"), await label("guest"), await command.add()];
    if (round < WARM_UP) continue;
    times.joins.push(joins);
    times.leaves.push(leaves);
    times.command.push(adds);
  }
  return times;
}

/** The peer: one element into the same table, by the command. */
class Command {
  readonly #host: Host;
  readonly #set: string;

  private constructor(host: Host, set: string) {
    this.#host = host;
    this.#set = set;
  }

  static async on(host: Host, like: Host): Promise<Command> {
    const table = await like.run(["nft", "-s", "list", "table", "inet", "bulkhead"]);
    await host.run(["nft", "-f", "-"], { input: table });
    return new Command(host, SET.exec(table)?.[1] ?? "");
  }

  async add(): Promise<number> {
    const element = ["element", "inet", "bulkhead", this.#set, `{ ${ADDRESSES[CALLER]} }`];
    const began = machineNow();
    await this.#host.run(["nft", "add", ...element]);
    const took = machineNow() - began;
    await this.#host.run(["nft", "delete", ...element]);
    return took;
  }
}

/** Milliseconds from a call that is denied until the server answers with it. */
async function seen(centre: Centre, caller: Host): Promise<number[]> {
  const client = apiClient({ kind: "socket", path: `${centre.directory}/server.sock` });
  const times: number[] = [];
  for (let round = 0; round < DENIALS; round += 1) {
    const query = { since: 0, verdict: "deny", service: `tcp/${10_000 + round}` };
    const began = machineNow();
    const call = caller.probe([{ to: ENFORCER, service: `tcp/${10_000 + round}` }]);
    while ((await client.get<{ flows: readonly object[] }>("/api/v1/flows", query)).flows.length === 0)
      await pause(5);
    times.push(machineNow() - began);
    await call;
  }
  return times;
}

function denialLines(times: readonly number[]): Measurement[] {
  return [0.5, 0.99].map((share) => {
    const value = percentile(times, share);
    const name = `a call is denied, until the server knows, p${share * 100} of ${times.length}`;
    const goal = { goal: "within a second", met: value <= SECOND };
    return { name, value, unit: "ms", peer: "the goal", peerValue: SECOND, ratio: value / SECOND, ...goal };
  });
}

function lines({ joins, leaves, command }: Times): Measurement[] {
  const peerValue = median(command);
  const line = (what: string, times: readonly number[], share: number) => {
    const value = percentile(times, share);
    const goal = share === 0.5 ? { goal: `p50 <= ${GOAL} ms`, met: value <= GOAL } : {};
    const name = `${what}, p${share * 100} of ${times.length}`;
    const peer = "nft add element there, p50";
    return { name, value, unit: "ms", peer, peerValue, ratio: value / peerValue, ...goal };
  };
  const joinWords = "a label lets a host in, until another host's kernel does";
  const leaveWords = "a label shuts a host out, until another host's kernel does";
  return [
    ...[0.5, 0.99].map((share) => line(joinWords, joins, share)),
    ...[0.5, 0.99].map((share) => line(leaveWords, leaves, share)),
  ];
}

export const commit: Benchmark = {
  name: "commit",
  about: "from a change at the server to the verdict on another host",
  by: "root",
  run,
};
