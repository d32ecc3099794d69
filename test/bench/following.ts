/** How long the kernel is not yet right after something has happened: a table flushed, a policy saved, a unit restarted; against `nft -f` of the same table. */

import { mkdir, rmdir } from "node:fs/promises";
import { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { CommitWatch } from "./commit-watch.ts";
import { addressNumber, estateFiles } from "./estates.ts";
import { machineNow } from "./machine-clock.ts";
import { type Benchmark, type Measurement, median, percentile } from "./measure.ts";
import { rulesText } from "./policy-text.ts";

const SIZE = { segments: 100, rules: 500, hosts: 1_000 };
const HOST = "host-0";
const SEGMENT = "app0-web";
const UNIT = "pg.service";
const LIVES = 5;
/** One daemon sees one kind of event so often, which is too seldom for a storm of tamperings: in a storm it waits. */
const ROUNDS = 8;
const TAMPERING = [
  ["delete", "table", "inet", "bulkhead"],
  ["flush", "ruleset"],
];

interface Times {
  readonly flushed: number[];
  readonly saved: number[];
  readonly restarted: number[];
  readonly command: number[];
}

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  await using estate = await Estate.create({ hosts: { [HOST]: [addressNumber(0)] } });
  const host = estate.host(HOST);
  await using watch = await CommitWatch.start(host);
  for (const { name, text } of estateFiles(SIZE)) await host.write(`policy/${name}`, text);
  const times: Times = { flushed: [], saved: [], restarted: [], command: [] };
  const place = new Place(host, watch);
  await place.prepare();
  for (let life = 0; life < LIVES; life += 1) {
    tell(`round ${life + 1} of ${LIVES}`);
    times.flushed.push(...(await place.live((daemon, round) => place.flush(daemon, round))));
    times.saved.push(...(await place.live((daemon) => place.save(daemon))));
    if (estate.can.units) times.restarted.push(...(await place.live((daemon) => place.restart(daemon))));
    for (let round = 0; round < ROUNDS; round += 1) times.command.push(await place.load());
  }
  return lines(times);
}

/** A host with a policy in a folder, on which things happen. */
class Place {
  readonly #host: Host;
  readonly #watch: CommitWatch;
  #rules = [`{ name: orders, allow: tcp/5432, from: any, to: { segment: ${SEGMENT}, unit: ${UNIT} } }`];

  constructor(host: Host, watch: CommitWatch) {
    this.#host = host;
    this.#watch = watch;
  }

  get #unit(): string {
    return `${this.#host.cgroup}/system.slice/${UNIT}`;
  }

  async prepare(): Promise<void> {
    await this.#host.write("policy/more.yaml", rulesText(this.#rules));
    if (this.#host.cgroup !== undefined) await mkdir(this.#unit, { recursive: true });
  }

  /** A daemon's life, and how long something took in each of its rounds. */
  async live(measure: (daemon: Daemon, round: number) => Promise<number>): Promise<number[]> {
    const daemon = await Daemon.enforcing(this.#host, `${this.#host.scratch}/policy`, {
      words: ["--as", HOST],
    });
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await measure(daemon, round));
    await daemon.end();
    return times;
  }

  /** From the commit that took our table away to the one that brought it back. */
  async flush(daemon: Daemon, round: number): Promise<number> {
    const before = stable(await this.#table());
    const [first, seen] = [await this.#watch.settled(), daemon.lines("mended").length];
    await this.#host.run(["nft", ...(TAMPERING[round % TAMPERING.length] ?? [])]);
    const right = await this.#watch.right(first + 1, (table) => stable(table) === before);
    await daemon.until("mended", seen);
    return right - (await this.#watch.moment(first));
  }

  /** From the begin of writing the file to the commit that brought the rule. */
  async save(daemon: Daemon): Promise<number> {
    const [first, seen] = [await this.#watch.settled(), daemon.lines("policy-in-force").length];
    const name = `added-${this.#rules.length}`;
    this.#rules = [
      ...this.#rules,
      `{ name: ${name}, allow: tcp/${20_000 + this.#rules.length}, from: any, to: ${SEGMENT} }`,
    ];
    const began = machineNow();
    await this.#host.write("policy/more.yaml", rulesText(this.#rules));
    const right = await this.#watch.right(first, (table) => table.includes(`"${name} `));
    await daemon.until("policy-in-force", seen);
    return right - began;
  }

  /** From the moment at which the new cgroup is made to the commit that brought its id. The old one's id nft cannot show as a path. */
  async restart(daemon: Daemon): Promise<number> {
    const [first, seen] = [await this.#watch.settled(), daemon.lines("policy-in-force").length];
    await rmdir(this.#unit);
    const began = machineNow();
    await mkdir(this.#unit);
    const right = await this.#watch.right(first, (table) => table.includes(`"system.slice/${UNIT}" }`));
    await daemon.until("policy-in-force", seen);
    return right - began;
  }

  /** The peer: the same table by the command, from its start to its commit. */
  async load(): Promise<number> {
    const input = `table inet bulkhead\ndelete table inet bulkhead\n${await this.#table()}`;
    const first = await this.#watch.settled();
    const began = machineNow();
    await this.#host.run(["nft", "-f", "-"], { input });
    return (await this.#watch.moment(first)) - began;
  }

  #table(): Promise<string> {
    return this.#host.run(["nft", "-s", "list", "table", "inet", "bulkhead"]);
  }
}

/** Without the stamp, which is another one after each load. */
function stable(table: string): string {
  return table.replaceAll(/0x[0-9a-f]{8}/g, "STAMP");
}

function lines({ flushed, saved, restarted, command }: Times): Measurement[] {
  const peerValue = median(command);
  const both = (what: string, times: readonly number[]) =>
    [0.5, 0.99].map((share) => {
      const value = percentile(times, share);
      const name = `${what}, p${share * 100} of ${times.length}`;
      return {
        name,
        value,
        unit: "ms",
        peer: "nft -f of this table, p50",
        peerValue,
        ratio: value / peerValue,
      };
    });
  return [
    ...both("table gone until it is back", flushed),
    ...both("policy of 500 rules, 1,000 hosts saved until the new rule is in force", saved),
    ...(restarted.length === 0 ? [] : both("unit restarted until its new id is in force", restarted)),
  ];
}

export const following: Benchmark = {
  name: "following",
  about: "from an event to the kernel being right",
  by: "root",
  run,
};
