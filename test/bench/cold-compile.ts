/** A large policy from its files to what each host enforces, in a process of its own: time and peak memory. */

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PINNED_NODE } from "../estate/place.ts";
import { estateFiles } from "./estates.ts";
import { type Benchmark, type Measurement, median, undisturbedTime } from "./measure.ts";

const inside = (name: string) => fileURLToPath(new URL(`inside/${name}`, import.meta.url));
const SIZE = { segments: 1_000, rules: 5_000, hosts: 10_000 };
const ROUNDS = 5;

interface Told {
  readonly total: number;
  readonly parse: number;
  readonly resolve: number;
  readonly megabytes: number;
}

async function measure(script: string, folder: string): Promise<Told> {
  const { stdout } = await promisify(execFile)(PINNED_NODE, [inside(script), folder], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
}

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-bench-"));
  try {
    for (const { name, text } of estateFiles(SIZE)) await writeFile(join(folder, name), text);
    const told = { compile: [] as Told[], parser: [] as Told[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      tell(`round ${round + 1} of ${ROUNDS}`);
      told.compile.push(await measure("compile-all.ts", folder));
      told.parser.push(await measure("parse-yaml.ts", folder));
    }
    return lines(told);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lines({ compile, parser }: { compile: Told[]; parser: Told[] }): Measurement[] {
  const of = (list: readonly Told[], key: "total" | "resolve") =>
    undisturbedTime(list.map((one) => one[key]));
  const memoryOf = (list: readonly Told[]) => median(list.map(({ megabytes }) => megabytes));
  const what = "cold compile of 1,000 segments, 5,000 rules, 10,000 hosts";
  const peer = "the YAML parser alone";
  const line = (name: string, unit: string, value: number, peerValue: number) => ({
    name: `${what}${name}`,
    value,
    unit,
    peer,
    peerValue,
    ratio: value / peerValue,
  });
  const [total, memory] = [of(compile, "total") / 1000, memoryOf(compile)];
  const floor = of(parser, "total") / 1000;
  return [
    { ...line("", "s", total, floor), goal: "<= 3 s", met: total <= 3 },
    line(", without reading the text", "s", of(compile, "resolve") / 1000, floor),
    {
      ...line(", peak memory", "MB", memory, memoryOf(parser)),
      goal: "<= 500 MB",
      met: memory <= 500,
    },
  ];
}

export const coldCompile: Benchmark = {
  name: "cold-compile",
  about: "a large policy from files to hosts",
  by: "anybody",
  run,
};
