/** How many questions a second `bulkhead explain --stdin` answers, against reading and writing the same lines and nothing else. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BULKHEAD, PINNED_NODE } from "../estate/place.ts";
import { addressNumber, estateFiles } from "./estates.ts";
import { type Benchmark, type Measurement, undisturbed } from "./measure.ts";

const ECHO = fileURLToPath(new URL("inside/echo-lines.ts", import.meta.url));
const SIZE = { segments: 300, rules: 1_500, hosts: 3_000 };
const FEW = 1;
const MANY = 200_000;
const ROUNDS = 5;
const GOAL = 20_000;

function questions(count: number): string {
  const lines = Array.from({ length: count }, (_, n) => {
    const from = n % 2 === 0 ? `host-${(n * 7) % SIZE.hosts}` : addressNumber((n * 13) % (SIZE.hosts * 2));
    const service = n % 3 === 0 ? "tcp/5432" : `tcp/${1024 + (n % 400)}`;
    return JSON.stringify({ from, to: `host-${(n * 11) % SIZE.hosts}`, service });
  });
  return `${lines.join("\n")}\n`;
}

/** Seconds that a program takes to answer every line. */
async function answer(argv: readonly string[], lines: string): Promise<number> {
  const began = performance.now();
  const [command = "", ...args] = argv;
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  let answers = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) answers += 1;
  });
  child.stdin.end(lines);
  const [code] = await once(child, "close");
  const asked = lines.split("\n").length - 1;
  if (code !== 0 || answers !== asked)
    throw new Error(`${argv.join(" ")}: exit ${code}, ${answers} answers to ${asked} lines`);
  return (performance.now() - began) / 1000;
}

/** Lines per second, without the time that starting and reading the policy take. */
async function rate(argv: readonly string[]): Promise<number> {
  const start = await answer(argv, questions(FEW));
  return (MANY - FEW) / ((await answer(argv, questions(MANY))) - start);
}

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-bench-"));
  try {
    for (const { name, text } of estateFiles(SIZE)) await writeFile(join(folder, name), text);
    const rates = { explain: [] as number[], echo: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      tell(`round ${round + 1} of ${ROUNDS}`);
      rates.explain.push(await rate([BULKHEAD, "explain", folder, "--stdin"]));
      rates.echo.push(await rate([PINNED_NODE, ECHO]));
    }
    const [value, peerValue] = [undisturbed(rates.explain), undisturbed(rates.echo)];
    const name = `explain --stdin, ${SIZE.rules} rules, ${SIZE.hosts} hosts`;
    const goal = "tens of thousands";
    const peer = "reading and writing JSON lines alone";
    return [
      { name, value, unit: "lines/s", peer, peerValue, ratio: value / peerValue, goal, met: value >= GOAL },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const explainLines: Benchmark = { name: "explain", about: "questions a second", by: "anybody", run };
