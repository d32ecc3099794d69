/** `npm run bench`: what Bulkhead costs on this machine, each figure beside its peer's or floor's from the same run. */

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { availableParallelism, release } from "node:os";
import { parseArgs, promisify } from "node:util";
import { auditing } from "./auditing.ts";
import { coldCompile } from "./cold-compile.ts";
import { commit } from "./commit.ts";
import { dashboard } from "./dashboard.ts";
import { explainLines } from "./explain-lines.ts";
import { fanOut } from "./fan-out.ts";
import { firstPacket } from "./first-packet.ts";
import { flood } from "./flood.ts";
import { following } from "./following.ts";
import { fullLoad } from "./full-load.ts";
import { ingest } from "./ingest.ts";
import type { Benchmark, Measurement, Settings } from "./measure.ts";
import { memberChange } from "./member-change.ts";
import { planning } from "./planning.ts";
import { reaching } from "./reaching.ts";
import { recording } from "./recording.ts";
import { table } from "./report.ts";
import { soak } from "./soak.ts";
import { startUp } from "./start-up.ts";
import { throughput } from "./throughput.ts";

const BENCHMARKS: readonly Benchmark[] = [
  memberChange,
  fullLoad,
  firstPacket,
  throughput,
  recording,
  following,
  flood,
  soak,
  commit,
  fanOut,
  ingest,
  explainLines,
  coldCompile,
  planning,
  reaching,
  auditing,
  dashboard,
  startUp,
];

const HELP = `npm run bench [-- OPTIONS]

Measures what Bulkhead costs on this machine, in network namespaces of its own, and compares each figure with its peer's from the same run.

  --only NAME       one benchmark; may be given several times
  --soak-minutes N  how long the soak lasts (1; 30 to see whether memory stays flat)
  --json FILE       writes [{ name, value, unit, peer, peerValue, ratio }, …] as well
  --help            this text

Benchmarks:
${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join("\n")}
`;

interface Options extends Settings {
  readonly benchmarks: readonly Benchmark[];
  readonly json: string | undefined;
}

/** What was asked for; a text where that is no sense. */
function readOptions(argv: readonly string[]): Options | string {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: "string", multiple: true },
      "soak-minutes": { type: "string", default: "1" },
      json: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return HELP;
  const unknown =
    values.only?.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name)) ?? [];
  if (unknown.length > 0) throw new TypeError(`no benchmark ${unknown.join(", ")}`);
  const benchmarks = BENCHMARKS.filter(({ name }) => values.only?.includes(name) ?? true);
  const soakMinutes = Number(values["soak-minutes"]);
  if (!(soakMinutes > 0)) throw new TypeError("--soak-minutes takes a number of minutes");
  return { benchmarks, soakMinutes, json: values.json };
}

/** The machine in words that say nothing of whose it is. */
async function machine(): Promise<string> {
  const { stdout } = await promisify(execFile)("nft", ["--version"]);
  return `${availableParallelism()} cores, Linux ${release().split("-")[0]}, ${stdout.trim()}, Node ${process.version}`;
}

async function measureAll({ benchmarks, ...settings }: Options): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { name, run, by } of benchmarks)
    if (by === "root" && process.getuid?.() !== 0) console.error(`${name}: left out, as it needs root`);
    else measurements.push(...(await run((progress) => console.error(`${name}: ${progress}`), settings)));
  return measurements;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") return console.log(options);
  const measurements = await measureAll(options);
  console.log(`\n${await machine()}\n\n${table(measurements)}`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(measurements, null, 2)}\n`);
}

await main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof TypeError ? 2 : 3;
});
