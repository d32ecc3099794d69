import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../database.ts";
import { ALL, egress, ingress, later, NOON, report, tell, WEB } from "./fixtures/reports.ts";
import { type FlowStore, openFlowStore } from "./flow-store.ts";
import { DEFAULT_RETENTION, type Retention } from "./retention.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

const DAY = 24 * 3_600_000;
const clock = { now: NOON + 60_000 };
const here = { directory: "" };

beforeEach(() => {
  clock.now = NOON + 60_000;
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-flows-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const path = () => join(here.directory, "flows.db");
const open = (retention: Retention = DEFAULT_RETENTION): FlowStore =>
  openFlowStore({ path: path(), now: () => clock.now, retention: () => retention });

/** Returns how many pieces it took. */
function compactAll(store: FlowStore): number {
  let pieces = 0;
  while (store.compact(clock.now)) pieces += 1;
  return pieces;
}

/** Rows of each table, read beside the store. */
function rows(...tables: readonly string[]): readonly number[] {
  const database = openDatabase({ path: path(), applicationId: APPLICATION_ID, migrations: MIGRATIONS });
  const counts = tables.map(
    (table) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number,
  );
  database.close();
  return counts;
}

const connections = (store: FlowStore) =>
  store.find(ALL).flows.reduce((sum, one) => sum + one.connections, 0);

test("with age, buckets of ten seconds become buckets of ten minutes, of an hour, and go", () => {
  using store = open();
  tell(store, ...Array.from({ length: 300 }, (_, at) => egress({ bucket: later(at) })));
  const widths = [1, 15, 105].map((days) => {
    clock.now = NOON + days * DAY + 2 * 3_600_000;
    compactAll(store);
    return [store.find({ ...ALL, perBucket: true }).flows.length, connections(store)];
  });
  // 3000 seconds.
  expect(widths).toEqual([
    [5, 300],
    [1, 300],
    [0, 0],
  ]);
  expect(store.size()).toMatchObject({ records: 0, oldest: undefined });
  expect(store.losses(0)).toEqual([]);
});

test("of what has gone by age no name is left but the host's own addresses", () => {
  using store = open();
  tell(store, egress(), ingress(), egress({ remote: { address: "192.0.2.1", host: "x" }, rule: null }));
  clock.now = NOON + 91 * DAY;
  tell(store, egress({ bucket: clock.now - (clock.now % 10_000), service: 1 }));
  clock.now = NOON + 110 * DAY;
  compactAll(store);
  expect(rows("flow", "party", "rule", "tally", "span", "address")).toEqual([1, 2, 1, 1, 1, 3]);
  clock.now = NOON + 300 * DAY;
  compactAll(store);
  expect(rows("flow", "party", "rule", "tally", "span", "address")).toEqual([0, 0, 0, 0, 0, 3]);
  clock.now = NOON;
  tell(store, egress(), ingress());
  expect(store.find(ALL).flows).toMatchObject([
    { source: { host: "web-1" }, destination: { unit: "postgresql.service" } },
  ]);
});

const observation = fc.record({
  end: fc.constantFrom(egress, ingress),
  bucket: fc.integer({ min: -900_000, max: 0 }),
  service: fc.integer({ min: 1, max: 5 }),
  bytes: fc.nat(1000),
});

test("whenever it is compacted, whatever comes late, sums and times stay what they were", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(observation, fc.constant("compact" as const), fc.nat(3 * 8640)), { maxLength: 40 }),
      (steps) => {
        rmSync(path(), { force: true });
        clock.now = NOON + 60_000;
        using store = open({
          ...DEFAULT_RETENTION,
          levels: DEFAULT_RETENTION.levels.map((level, at) =>
            at === 2 ? { ...level, keep: 1000 * DAY } : level,
          ),
        });
        const records: FlowRecord[] = [];
        for (const step of steps)
          if (step === "compact") store.compact(clock.now);
          else if (typeof step === "number") clock.now += step * 10_000;
          else {
            const { end, bucket, service, bytes } = step;
            const record = end({ bucket: later(bucket), service, bytes });
            records.push(record);
            tell(store, record);
          }
        const sums = () => {
          const { flows } = store.find(ALL);
          return flows
            .map(({ service, bytes, connections, start, end }) =>
              JSON.stringify([service, bytes, connections, start, end]),
            )
            .sort();
        };
        const before = sums();
        compactAll(store);
        expect(sums()).toEqual(before);
        const expected = [...Map.groupBy(records, ({ service }) => service)].map(([service, group]) => {
          const larger = (of: "bytes" | "connections") =>
            Math.max(
              ...["egress", "ingress"].map((end) =>
                group.reduce((sum, one) => sum + (one.direction === end ? one[of] : 0), 0),
              ),
            );
          const [start, end] = [
            Math.min(...group.map(({ start }) => start)),
            Math.max(...group.map(({ end }) => end)),
          ];
          return JSON.stringify([service, larger("bytes"), larger("connections"), start, end]);
        });
        expect(before).toEqual(expected.sort());
        expect(store.size().records).toBe(rows("tally")[0]);
      },
    ),
    { numRuns: 60 },
  );
});

test("beyond its size the oldest records go first, are counted as lost by host, and the file grows no further", () => {
  const bytes = 2 * 1024 * 1024;
  using store = open({ ...DEFAULT_RETENTION, bytes });
  const sent = { buckets: 60, each: 500 };
  const sizes: number[] = [];
  for (let at = 0; at < sent.buckets; at++) {
    // An hour each, so that spans can go one by one.
    clock.now = later(360 * at);
    const records = Array.from({ length: sent.each }, (_, one) =>
      egress({
        bucket: clock.now,
        remote: { address: `198.51.${at}.${one % 250}` },
        service: one + 1,
        connections: 1,
      }),
    );
    store.take(report(WEB, at, ...records));
    compactAll(store);
    expect(store.size().bytes).toBeLessThanOrEqual(bytes);
    sizes.push(store.size().fileBytes);
  }
  const lost = store.losses(0).filter(({ what }) => what === "store-full");
  const count = lost.reduce((sum, { count }) => sum + (count ?? 0), 0);
  expect(count).toBeGreaterThan(0);
  expect(count + store.size().records).toBe(sent.buckets * sent.each);
  expect(new Set(lost.map(({ host }) => host))).toEqual(new Set(["web-1"]));
  // What is lost is older than what is left, but for the span in the middle.
  const { flows } = store.find(ALL);
  const lostUpTo = Math.max(...lost.map(({ end }) => end));
  expect(Math.min(...flows.map(({ start }) => start))).toBeGreaterThan(lostUpTo - DAY);
  expect(flows.filter(({ start }) => start > lostUpTo).length % sent.each).toBe(0);
  expect(lostUpTo).toBeLessThan(clock.now - 10 * 3_600_000);
  expect(flows).toHaveLength(store.size().records);
  expect(sizes.at(-1)).toBeLessThan(4 * bytes);
});

test("a store that others' settings have filled goes over to new ones", () => {
  {
    using store = open();
    tell(store, ...Array.from({ length: 10 }, (_, at) => egress({ bucket: later(at) })));
  }
  using store = open({ bytes: 1e9, levels: [{ width: 60_000, keep: 30 * DAY }] });
  compactAll(store);
  expect(store.find({ ...ALL, perBucket: true }).flows).toHaveLength(2);
  expect(connections(store)).toBe(10);
});

test("a piece is a piece: many records take many, and searches in between find all", () => {
  using store = open();
  for (let at = 0; at < 20; at++)
    store.take(
      report(
        WEB,
        at,
        ...Array.from({ length: 500 }, (_, one) => egress({ bucket: later(at), service: one + 1 })),
      ),
    );
  clock.now = NOON + 2 * DAY;
  for (let pieces = 0; store.compact(clock.now); pieces++) {
    expect(connections(store)).toBe(10_000);
    expect(pieces).toBeLessThan(40);
  }
  expect(store.size().records).toBe(500);
});
