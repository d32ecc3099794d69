/** What the store of flows at the centre takes and answers, beside a plain table of the same records. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ingest as ingestReport } from "@bulkhead/server/ingest/ingest.ts";
import { Quota } from "@bulkhead/server/ingest/quota.ts";
import { type FlowStore, openFlowStore } from "@bulkhead/server/store/flows/flow-store.ts";
import { addressOf, estateReports, HOSTS, NOW, type Report } from "./estate-reports.ts";
import { type Benchmark, type Measurement, median, percentile } from "./measure.ts";
import { PlainFlows } from "./plain-flows.ts";

/** `BULKHEAD_BENCH_RECORDS=10000000` for a store as large as the goal speaks of; with fewer than half a million not every host reports. */
const RECORDS = Number(process.env.BULKHEAD_BENCH_RECORDS ?? 1_000_000);
const QUESTIONS = 41;
/** A scan of everything takes long, and no longer the second time. */
const SCANS = 3;
const HELD_UP = 50;
const DAY = 24 * 3_600_000;

async function run(tell: (progress: string) => void): Promise<Measurement[]> {
  const directory = mkdtempSync(join(tmpdir(), "bulkhead-bench-"));
  try {
    using store = openFlowStore({ path: join(directory, "flows.db"), now: () => NOW });
    using plain = new PlainFlows(join(directory, "plain.db"));
    tell(`${RECORDS.toLocaleString("en")} records, into the store and into a plain table in turn`);
    return [...fill(store, plain), ...ask(store, plain, tell), ...compact(store, tell)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function fill(store: FlowStore, plain: PlainFlows): Measurement[] {
  const limits = { now: () => NOW, quota: new Quota(Number.POSITIVE_INFINITY) };
  const took = { store: 0, plain: 0 };
  let records = 0;
  for (const report of estateReports(RECORDS)) {
    took.store += seconds(() => takeIn(store, report, limits));
    took.plain += seconds(() => plain.add(report));
    records += report.records.length;
  }
  const size = store.size();
  const peer = "plain inserts of the same records";
  return [
    line("records taken in", "records/s", peer, [records / took.store, records / took.plain]),
    line("a record on disk", "bytes", peer, [size.bytes / records, plain.bytes() / records]),
  ];
}

function takeIn(
  store: FlowStore,
  { host, ...report }: Report,
  limits: Parameters<typeof ingestReport>[3],
): void {
  const { kind, refused } = ingestReport(report, host, store, limits);
  if (kind !== "taken" || refused > 0) throw new Error(`a report was ${kind}, ${refused} refused`);
}

function ask(store: FlowStore, plain: PlainFlows, tell: (progress: string) => void): Measurement[] {
  tell("asking who talked to a host, what was denied, and what came last");
  const hosts = Array.from({ length: QUESTIONS }, (_, at) => addressOf((at * 37) % HOSTS));
  const page = { since: 0, limit: 100 } as const;
  const scan = 1000 * median(hosts.slice(0, SCANS).map((to) => seconds(() => plain.whoTalkedTo(to))));
  const question = (name: string, asked: (to: string) => number) =>
    line(`${name}, median`, "ms", "a scan of the plain table", [
      1000 * median(hosts.map((to) => seconds(() => found(name, asked(to))))),
      scan,
    ]);
  return [
    question("who talked to X, newest 100", (to) => store.find({ ...page, to }).flows.length),
    question("who talked to X, all of it", (to) => store.find({ ...page, to, limit: 100_000 }).flows.length),
    question("who was denied at X", (to) => store.find({ ...page, to, verdicts: ["deny"] }).flows.length),
    question("what was denied, newest 100", () => store.find({ ...page, verdicts: ["deny"] }).flows.length),
    question("anything, newest 100", () => store.find(page).flows.length),
  ];
}

function found(name: string, count: number): void {
  if (count === 0) throw new Error(`${name}: nothing was found`);
}

/** All records a day later, ten minutes each. */
function compact(store: FlowStore, tell: (progress: string) => void): Measurement[] {
  tell("making them coarser");
  const pieces: number[] = [];
  for (let more = true; more; ) {
    const began = performance.now();
    more = store.compact(NOW + 2 * DAY);
    pieces.push(performance.now() - began);
  }
  const longest = percentile(pieces, 0.99);
  const held = line("a piece of compaction: median", "ms", "the goal", [median(pieces), HELD_UP]);
  return [
    held,
    {
      ...line("a piece of compaction: 99 of 100", "ms", "the goal", [longest, HELD_UP]),
      goal: "some tens of ms",
      met: longest <= HELD_UP,
    },
  ];
}

function line(
  name: string,
  unit: string,
  peer: string,
  [value, peerValue]: readonly [number, number],
): Measurement {
  return { name, value, unit, peer, peerValue, ratio: value / peerValue };
}

function seconds(work: () => void): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

export const ingest: Benchmark = {
  name: "ingest",
  about: "records that the centre takes in, and how fast it finds who talked to whom",
  by: "anybody",
  run,
};
