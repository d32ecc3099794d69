/** A thousand agents at one server, most of them without a kernel: a change told to all, all coming back at once, and the memory of each; against a server with nothing behind its WebSockets that says the same. */

import { type ApiClient, apiClient } from "@bulkhead/server/client/api-client.ts";
import { Centre, joined } from "../centre/centre.ts";
import { Estate } from "../estate/estate.ts";
import { BareServer } from "./bare-server.ts";
import { CommitWatch } from "./commit-watch.ts";
import { Crowd } from "./crowd.ts";
import { machineNow } from "./machine-clock.ts";
import { type Benchmark, type Measurement, median, percentile } from "./measure.ts";
import { atRest, usageOf } from "./usage.ts";

const AGENTS = 1_000;
const REAL = ["real-0", "real-1", "real-2"] as const;
const MEMBERS = 200;
const RECONNECTS = 3;
const CHANGES = 20;
const WARM_UP = 2;
const CALLER = { name: "caller", address: "10.255.0.2" } as const;
const GOAL = 500;

type Tell = (progress: string) => void;

interface Times {
  readonly ours: number[];
  readonly floor: number[];
}

interface Found {
  /** Milliseconds until each agent has its policy again, and until the last of a round has. */
  readonly reconnect: Times;
  readonly last: Times;
  /** Milliseconds until each agent has the change. */
  readonly change: Times;
  /** Until the kernel of a real agent has it. */
  readonly verdict: number[];
  /** MB of the server without agents and with them. */
  readonly memory: { readonly ours: Pair; readonly floor: Pair };
}

type Pair = readonly [without: number, withAgents: number];

async function run(tell: Tell): Promise<Measurement[]> {
  const real = Object.fromEntries(REAL.map((name, n) => [name, [`10.255.1.${n + 1}`]]));
  await using estate = await Estate.create({
    hosts: { hub: ["10.255.0.1"], [CALLER.name]: [CALLER.address], crowd: ["10.255.0.3"], ...real },
  });
  const centre = await Centre.start(estate.host("hub"));
  await centre.provision(policy());
  await joined(estate.host(CALLER.name), centre.url, await centre.token("role=guest"), CALLER.name);
  tell(`${AGENTS} agents join`);
  const crowd = new Crowd(estate.host("crowd"), AGENTS);
  await crowd.join(centre.url, await centre.token("role=db", "--uses", String(AGENTS)));
  // What joining has left behind is not what a connected agent costs.
  await centre.end();
  await centre.start();
  const found = await measure(new Bench(estate, centre, crowd), tell);
  await centre.end();
  return lines(found);
}

function policy(): string {
  const host = (n: number) => `  web-${n}: { addresses: [10.254.0.${n + 1}], labels: { role: web } }`;
  return [
    "hosts:",
    ...Array.from({ length: MEMBERS }, (_, n) => host(n)),
    'segments: { web: { select: "role=web" }, db: { select: "role=db" } }',
    "rules:",
    "  - { name: orders, allow: tcp/5432, from: web, to: db }",
  ].join("\n");
}

async function measure(bench: Bench, tell: Tell): Promise<Found> {
  const { centre, crowd, estate } = bench;
  const before = await megabytes(centre);
  const { told } = await crowd.connect(centre.url);
  const ours: Pair = [before, await megabytes(centre)];
  const { frame } = await crowd.hear(() => bench.change());
  const bare = await BareServer.start(centre, { greetings: told, frame });
  const bareBefore = await megabytes(bare);
  await crowd.connect(bare.url);
  const memory = { ours, floor: [bareBefore, await megabytes(bare)] as const };
  const change: Times = { ours: [], floor: [] };
  const verdict: number[] = [];
  const daemons = [];
  for (const name of REAL) daemons.push(await centre.join(estate.host(name), name, "role=db"));
  for (const daemon of daemons) await daemon.until("policy-in-force");
  await using watch = await CommitWatch.start(estate.host(REAL[0]));
  for (let round = 0; round < CHANGES + WARM_UP; round += 1) {
    if (round % 5 === 0) tell(`a change for all, ${round} of ${CHANGES + WARM_UP}`);
    const told = await bench.fanOut(watch);
    const floor = await bench.broadcast(bare);
    if (round < WARM_UP) continue;
    change.ours.push(...told.agents);
    verdict.push(told.verdict);
    change.floor.push(...floor);
  }
  for (const daemon of daemons) await daemon.end();
  return { memory, change, verdict, ...(await reconnecting(bench, bare, tell)) };
}

/** In turn, each with nobody else connected. */
async function reconnecting(
  { centre, crowd }: Bench,
  bare: BareServer,
  tell: Tell,
): Promise<Pick<Found, "reconnect" | "last">> {
  const reconnect: Times = { ours: [], floor: [] };
  const last: Times = { ours: [], floor: [] };
  for (let round = 0; round < RECONNECTS; round += 1)
    for (const [name, { url }] of [["ours", centre] as const, ["floor", bare] as const]) {
      tell(`${AGENTS} come at once, round ${round + 1} of ${RECONNECTS}`);
      await crowd.drop();
      const { times } = await crowd.connect(url);
      reconnect[name].push(...times);
      last[name].push(Math.max(...times));
    }
  return { reconnect, last };
}

class Bench {
  readonly estate: Estate;
  readonly centre: Centre;
  readonly crowd: Crowd;
  readonly #client: ApiClient;
  #isIn = false;

  constructor(estate: Estate, centre: Centre, crowd: Crowd) {
    this.estate = estate;
    this.centre = centre;
    this.crowd = crowd;
    this.#client = apiClient({ kind: "socket", path: `${centre.directory}/server.sock` });
  }

  /** A host joins the segment that all agents let in, or leaves it. */
  async change(): Promise<void> {
    this.#isIn = !this.#isIn;
    const labels = { role: this.#isIn ? "web" : "guest" };
    await this.#client.send("PUT", `/api/v1/hosts/${CALLER.name}/labels`, { labels });
  }

  /** Milliseconds from the request until each agent has the change, and until a real one's kernel has. */
  async fanOut(
    watch: CommitWatch,
  ): Promise<{ readonly agents: readonly number[]; readonly verdict: number }> {
    const first = await watch.settled();
    const began = machineNow();
    const { heard } = await this.crowd.hear(() => this.change());
    const right = await watch.right(first, (table) => table.includes(CALLER.address) === this.#isIn);
    return { agents: heard.map((moment) => moment - began), verdict: right - began };
  }

  async broadcast(bare: BareServer): Promise<readonly number[]> {
    const began = machineNow();
    const { heard } = await this.crowd.hear(async () => bare.broadcast());
    return heard.map((moment) => moment - began);
  }
}

async function megabytes({ process }: Pick<Centre, "process">): Promise<number> {
  await atRest(process);
  return (await usageOf(process)).megabytes;
}

function lines({ memory, change, verdict, reconnect, last }: Found): Measurement[] {
  const compare = (name: string, peer: string, [value, peerValue]: readonly [number, number]) => ({
    name,
    value,
    unit: "ms",
    peer,
    peerValue,
    ratio: value / peerValue,
  });
  const shares = (name: string, peer: string, { ours, floor }: Times) =>
    [0.5, 0.99].map((share) =>
      compare(`${name}, p${share * 100}`, peer, [percentile(ours, share), percentile(floor, share)]),
    );
  const [bareTold, bareConnected] = ["the same bytes by ws alone", "TLS and ws alone, the same bytes"];
  const told = shares(`a change told to ${AGENTS} agents`, bareTold, change);
  const perAgent = ([without, withAgents]: Pair) => (1000 * (withAgents - without)) / AGENTS;
  const p50 = percentile(change.floor, 0.5);
  return [
    ...told.map((line, at) =>
      at === 0 ? line : { ...line, goal: `p99 <= ${GOAL} ms`, met: line.value <= GOAL },
    ),
    ...[0.5, 0.99].map((share) =>
      compare(`the same change in a kernel, p${share * 100} of ${verdict.length}`, `${bareTold}, p50`, [
        percentile(verdict, share),
        p50,
      ]),
    ),
    ...shares(`${AGENTS} agents come at once: each until it has its policy`, bareConnected, reconnect),
    compare(`${AGENTS} agents come at once: the last`, bareConnected, [
      median(last.ours),
      median(last.floor),
    ]),
    {
      ...compare("memory of a connected agent at the server", bareConnected, [
        perAgent(memory.ours),
        perAgent(memory.floor),
      ]),
      unit: "kB",
    },
  ];
}

export const fanOut: Benchmark = {
  name: "fan-out",
  about: "a thousand agents: a change told to all, all coming back at once, memory",
  by: "root",
  run,
};
