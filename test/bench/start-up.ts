/** What bundling gains: how fast the packaged programs start and how much memory the agent holds, against the same code as it lies in the checkout. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon } from "../daemon/daemon.ts";
import { HOSTS, ORDERS, policyText, writePolicy } from "../daemon/policies.ts";
import { Estate } from "../estate/estate.ts";
import { AGENT, BULKHEAD, CHECKOUT, PINNED_NODE } from "../estate/place.ts";
import { bundled } from "../programs/bundled.ts";
import { type Benchmark, interleave, type Measurement, median, undisturbedTime } from "./measure.ts";
import { atRest, usageOf } from "./usage.ts";

const ROUNDS = 15;
const MEMORY_ROUNDS = 3;

async function milliseconds(command: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: "ignore" });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  return performance.now() - start;
}

/** Megabytes that the daemon holds at rest on a host of its own. */
async function residentMegabytes(program: string): Promise<number> {
  await using estate = await Estate.create({ hosts: HOSTS });
  const host = estate.host("db-1");
  const policy = await writePolicy(host, policyText(ORDERS));
  const daemon = await Daemon.enforcing(host, policy, { words: ["--as", "db-1"], program });
  try {
    await atRest(daemon.child);
    return (await usageOf(daemon.child)).megabytes;
  } finally {
    await daemon.end();
  }
}

async function run(tell: (progress: string) => void): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-bench-"));
  try {
    const [agent, server] = [await bundled(folder, "agent"), await bundled(folder, "server")];
    const check = ["check", join(CHECKOUT, "examples")];
    const times = await interleave(
      {
        version: () => milliseconds(agent, ["--version"]),
        versionAsIs: () => milliseconds(AGENT, ["--version"]),
        check: () => milliseconds(server, check),
        checkAsIs: () => milliseconds(BULKHEAD, check),
        node: () => milliseconds(PINNED_NODE, ["--eval", "0"]),
      },
      ROUNDS,
      tell,
    );
    const memory = await interleave(
      { bundled: () => residentMegabytes(agent), asIs: () => residentMegabytes(AGENT) },
      MEMORY_ROUNDS,
      tell,
    );
    const line = (
      name: string,
      unit: string,
      [value, peerValue]: readonly [number, number],
      peer = "the same, not bundled",
    ) => ({
      ...{ name, unit, value, peer, peerValue, ratio: value / peerValue },
    });
    const time = (of: keyof typeof times) => undisturbedTime(times[of]);
    const resident = median(memory.bundled);
    return [
      line("start of bulkhead-agent --version, bundled", "ms", [time("version"), time("versionAsIs")]),
      line(
        "start of bulkhead-agent --version, bundled",
        "ms",
        [time("version"), time("node")],
        "Node that does nothing",
      ),
      line("bulkhead check of the examples, bundled", "ms", [time("check"), time("checkAsIs")]),
      {
        ...line("memory of bulkhead-agent run, bundled", "MB", [resident, median(memory.asIs)]),
        goal: "<= 60 MB",
        met: resident <= 60,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const startUp: Benchmark = {
  name: "start-up",
  about: "bundled programs against the checkout's: start and memory",
  by: "anybody",
  run,
};
