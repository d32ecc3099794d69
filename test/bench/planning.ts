/** What recorded flows say of a policy: `plan`, `suggest`, `unused` and `lint` over all that an estate of a thousand hosts has recorded, against one scan of the same records. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unusedOf } from "@bulkhead/server/policy/judging/finding-unused.ts";
import { lintOf } from "@bulkhead/server/policy/judging/linting.ts";
import { planOf } from "@bulkhead/server/policy/judging/plan.ts";
import { suggestionOf } from "@bulkhead/server/policy/judging/suggesting.ts";
import { openReadOnly } from "@bulkhead/server/store/database.ts";
import { openFlowStore } from "@bulkhead/server/store/flows/flow-store.ts";
import type { Host } from "@bulkhead/shared/policy/policy.ts";
import { addressOf, estateReports, NOW, PEERS } from "./estate-reports.ts";
import type { Benchmark, Measurement } from "./measure.ts";

/** Ten million are as many as the goal speaks of. */
const RECORDS = Number(process.env.BULKHEAD_BENCH_RECORDS ?? 1_000_000);
const HOSTS = 1_000;
const SEGMENTS = 20;
const LIMIT = 1_000;

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  const directory = mkdtempSync(join(tmpdir(), "bulkhead-bench-"));
  const path = join(directory, "flows.db");
  try {
    tell(`${RECORDS.toLocaleString("en")} records of ${HOSTS} hosts into the store`);
    fill(path);
    tell("a scan of all records");
    const floor = seconds(() => scan(path));
    return [
      ...plan(path, floor, tell),
      ...suggest(path, floor, tell),
      ...unused(path, floor, tell),
      ...lint(path, floor, tell),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function fill(path: string): void {
  using store = openFlowStore({ path, now: () => NOW });
  for (const report of estateReports(RECORDS, HOSTS)) store.take(report);
}

/** What any answer over all records costs at the least: each is looked at once. */
function scan(path: string): number {
  const database = openReadOnly(path);
  try {
    return database.prepare("SELECT total(connections) + total(bytes) FROM tally").pluck().get() as number;
  } finally {
    database.close();
  }
}

function joined(): readonly Host[] {
  return Array.from({ length: HOSTS }, (_, at) => ({
    ...{ name: `host-${at}`, addresses: [addressOf(at)], labels: { role: `role${at % SEGMENTS}` } },
    place: { file: "joined", line: 0, column: 0 },
  }));
}

/** A rule for the services of each peer, and one for strangers; the draft has forgotten one. */
function policyText(forgotten: number | undefined): string {
  const segments = Array.from({ length: SEGMENTS }, (_, at) => `  s${at}: { select: "role=role${at}" }\n`);
  const rules = Array.from({ length: PEERS }, (_, at) => at + 1)
    .filter((peer) => peer !== forgotten)
    .map((peer) => `  - { name: rule-${peer}, allow: tcp/${443 + peer}, from: any-host, to: any-host }\n`);
  return `segments:\n${segments.join("")}rules:\n${rules.join("")}  - { name: front, allow: tcp/443, from: any, to: any-host }\n`;
}

function files(forgotten?: number) {
  return [{ name: "policy.yaml", text: policyText(forgotten) }];
}

const TIME = { since: 0, until: NOW } as const;

function plan(path: string, floor: number, tell: (progress: string) => void): Measurement[] {
  tell("plan");
  const task = {
    ...{ active: files(), draft: files(7), joined: joined(), left: [], now: NOW, limit: LIMIT },
    ...{ flows: { path, ...TIME }, server: [] },
  };
  let broken = 0;
  const took = seconds(() => {
    const planned = planOf(task, () => {});
    if (planned.kind === "plan") broken = planned.plan.flows.breaks.flows;
  });
  if (broken === 0) throw new Error("nothing would break, although a rule is missing");
  return [line(`plan over ${RECORDS.toLocaleString("en")} records and ${HOSTS} hosts`, took, floor)];
}

function suggest(path: string, floor: number, tell: (progress: string) => void): Measurement[] {
  tell("suggest");
  const task = {
    ...{ active: undefined, joined: joined(), left: [], now: NOW, flows: { path, ...TIME } },
    ...{ server: [], segment: undefined, units: false },
  };
  let rules = 0;
  const took = seconds(() => {
    const suggested = suggestionOf(task, () => {});
    if (suggested.kind === "made") rules = suggested.suggestion.rules.length;
  });
  if (rules === 0) throw new Error("nothing was suggested");
  return [line("suggest, over the same and without a policy", took, floor)];
}

function unused(path: string, floor: number, tell: (progress: string) => void): Measurement[] {
  tell("unused");
  const task = {
    ...{ active: files(), joined: joined(), left: [], now: NOW, flows: { path, ...TIME } },
    reporting: joined().map(({ name }) => ({ host: name, since: 0, silentSince: undefined })),
    ...{ earlier: [], activeSince: 0 },
  };
  const took = seconds(() => {
    if (unusedOf(task, () => {}) === undefined) throw new Error("there is a policy");
  });
  return [line("unused, over the same", took, floor)];
}

function lint(path: string, floor: number, tell: (progress: string) => void): Measurement[] {
  tell("lint");
  const task = { draft: files(), joined: joined(), left: [], now: NOW, flows: { path, ...TIME } };
  const took = seconds(() => {
    if (lintOf(task, () => {}).kind !== "linted") throw new Error("the policy is valid");
  });
  return [line("lint, over the same", took, floor)];
}

function line(name: string, value: number, peerValue: number): Measurement {
  return { name, value, unit: "s", peer: "one scan of the records", peerValue, ratio: value / peerValue };
}

function seconds(work: () => unknown): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

export const planning: Benchmark = {
  name: "plan",
  about: "what recorded flows would meet under a draft, and what they suggest",
  by: "anybody",
  run,
};
