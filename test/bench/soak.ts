/** Whether memory stays flat: a daemon through minutes of new flows, changing policies, and units and addresses that come and go. */

import { mkdir, rmdir } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { Daemon } from "../daemon/daemon.ts";
import type { Host } from "../estate/host.ts";
import { type Benchmark, type Measurement, median, type Settings } from "./measure.ts";
import { benchPolicy } from "./policy-text.ts";
import { CALLER_ADDRESS, Road } from "./road.ts";
import { stateBytes, toSecondCore, usageOf } from "./usage.ts";

const FLOWS_PER_SECOND = 2_000;
const SECONDS_OF_FLOWS = 2;
const TURN_MILLISECONDS = 1_000;
const TURNS_TOLD = 30;
const MOST_RULES = 20;
const ADDRESSES = 200;
const UNIT = "system.slice/soak.service";
const MEGABYTE = 1024 * 1024;
/** From this long on growth says something: before, it is a young heap's. */
const TELLING_MINUTES = 10;
const FLAT = 1.1;

interface Sample {
  readonly seconds: number;
  readonly memory: number;
  readonly state: number;
}

async function run(tell: (progress: string) => void, { soakMinutes }: Settings): Promise<Measurement[]> {
  await using road = await Road.build<"host">({ host: "" });
  const host = road.host("host");
  const churn = new Churn(host);
  const daemon = await Daemon.enforcing(host, await churn.savePolicy(0), { words: ["--as", "bench"] });
  await toSecondCore(daemon.child);
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const length = soakMinutes * 60;
  const samples: Sample[] = [];
  const sending = sendFlows(road, () => elapsed() < length);
  for (let turn = 1; elapsed() < length; turn += 1) {
    await churn.turn(turn);
    await pause(TURN_MILLISECONDS);
    const sample = { seconds: elapsed(), ...(await sizesOf(daemon)) };
    samples.push(sample);
    if (turn % TURNS_TOLD === 0)
      tell(`${sample.seconds.toFixed(0)} of ${length} s, ${sample.memory.toFixed(0)} MB`);
  }
  const sent = await sending;
  tell(`${sent} flows, ${daemon.lines("policy-in-force").length} changes of the table`);
  await daemon.end();
  return lines(samples, soakMinutes);
}

/** In megabytes. */
async function sizesOf(daemon: Daemon): Promise<{ memory: number; state: number }> {
  if (daemon.hasEnded) throw new Error("the daemon has ended");
  const { megabytes } = await usageOf(daemon.child);
  return { memory: megabytes, state: (await stateBytes(daemon.host)) / MEGABYTE };
}

function lines(samples: readonly Sample[], minutes: number): Measurement[] {
  const line = (name: string, of: (sample: Sample) => number) => {
    const [value, peerValue] = [ofQuarter(samples, 4, of), ofQuarter(samples, 2, of)];
    const ratio = value / peerValue;
    return {
      name: `soak of ${minutes} min: ${name}, last quarter`,
      value,
      unit: "MB",
      peer: "its second quarter",
      peerValue,
      ratio,
    };
  };
  const memory = line("resident memory", (sample) => sample.memory);
  const goal = { goal: `flat: <= ${FLAT} x`, met: memory.ratio <= FLAT };
  return [
    { ...memory, ...(minutes >= TELLING_MINUTES && goal) },
    line("state directory", ({ state }) => state),
  ];
}

/** The median of a quarter of the time: a heap rises and falls over minutes, so single values say little. */
function ofQuarter(samples: readonly Sample[], quarter: 2 | 4, of: (sample: Sample) => number): number {
  const length = samples.at(-1)?.seconds ?? 0;
  const inside = samples.filter(({ seconds }) => Math.ceil((4 * seconds) / length) === quarter);
  return median(inside.map(of));
}

async function sendFlows(road: Road<"host">, goesOn: () => boolean): Promise<number> {
  let sent = 0;
  while (goesOn())
    sent += await road.pacedFlows("host", FLOWS_PER_SECOND * SECONDS_OF_FLOWS, FLOWS_PER_SECOND);
  return sent;
}

/** What changes on a host while the daemon runs. */
class Churn {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async turn(n: number): Promise<void> {
    await this.savePolicy(n);
    await this.#changeAddress(n);
    if (this.#host.cgroup !== undefined) await this.#restartUnit(`${this.#host.cgroup}/${UNIT}`);
  }

  /** Another policy than before: a rule for what is sent, one for the unit, and ever other ones. Gives its path. */
  savePolicy(n: number): Promise<string> {
    const others = Array.from(
      { length: n % MOST_RULES },
      (_, k) => `{ name: rule-${n}-${k}, allow: tcp/${1024 + ((n + k * 7) % 5000)}, from: any, to: bench }`,
    );
    const text = benchPolicy(this.#host.addresses, [
      `{ name: asked, allow: udp/8443, from: ${CALLER_ADDRESS}, to: bench }`,
      "{ name: unit, allow: tcp/9000, from: any, to: { segment: bench, unit: soak.service } }",
      ...others,
    ]);
    return this.#host.write("policy.yaml", text);
  }

  async #changeAddress(n: number): Promise<void> {
    const verb = Math.floor(n / ADDRESSES) % 2 === 0 ? "add" : "delete";
    const address = `10.253.0.${(n % ADDRESSES) + 1}/32`;
    await this.#host.exec(["ip", "address", verb, address, "dev", "eth0"]);
  }

  async #restartUnit(cgroup: string): Promise<void> {
    await rmdir(cgroup).catch(() => {});
    await mkdir(cgroup, { recursive: true });
  }
}

export const soak: Benchmark = {
  name: "soak",
  about: "whether memory stays flat while everything changes",
  by: "root",
  run,
};
