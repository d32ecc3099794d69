import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ALL, DB, egress, ingress, NOON, WEB } from "../store/flows/fixtures/reports.ts";
import { type FlowStore, openFlowStore } from "../store/flows/flow-store.ts";
import { ingest } from "./ingest.ts";
import { Quota } from "./quota.ts";

const clock = { now: NOON + 60_000 };
const now = () => clock.now;
const opened: { store: FlowStore } = { store: undefined as unknown as FlowStore };
const DAY = 24 * 3_600_000;

beforeEach(() => {
  clock.now = NOON + 60_000;
  opened.store = openFlowStore({ path: ":memory:", now });
});
afterEach(() => opened.store[Symbol.dispose]());

const limits = (perMinute?: number) => ({ now, quota: new Quota(perMinute) });
const many = (count: number) => Array.from({ length: count }, (_, at) => egress({ service: at + 1 }));
const send = (upTo: number, records: readonly FlowRecord[], some = limits(), host = WEB) =>
  ingest({ upTo, records, losses: [] }, host, opened.store, some);
const lost = (what: string) =>
  opened.store
    .losses(0)
    .filter((loss) => loss.what === what)
    .map(({ host, count }) => [host, count]);

test("a report is taken, and known when it comes again", () => {
  expect(send(7, many(3))).toEqual({ kind: "taken", upTo: 7, refused: 0, overQuota: 0 });
  expect(send(7, many(3))).toEqual({ kind: "known", upTo: 7, refused: 0, overQuota: 0 });
  expect(opened.store.size().records).toBe(3);
});

test("what was not understood holds up nothing, and is counted as lost", () => {
  const [first] = many(1);
  const report = { upTo: 7, records: [first ?? null, null], losses: [null] };
  expect(ingest(report, WEB, opened.store, limits())).toEqual({
    kind: "taken",
    upTo: 7,
    refused: 2,
    overQuota: 0,
  });
  expect(opened.store.size().records).toBe(1);
  expect(lost("refused")).toEqual([[WEB.name, 2]]);
});

test.each([
  ["a negative count", { packets: -1 }],
  ["half a packet", { packets: 0.5 }],
  ["no number", { bytes: Number.NaN }],
  ["more than can be counted", { bytes: 2 ** 53 }],
  ["a protocol that there is not", { protocol: 256 }],
  ["a port that there is not", { service: 65_536 }],
  ["a bucket of long ago", { bucket: NOON - 41 * DAY }],
  ["a bucket of the day after tomorrow", { bucket: NOON + 2 * DAY }],
  ["another's address", { local: { address: "10.0.0.21" } }],
])("a record with %s is refused, and the others are taken", (_, nonsense) => {
  expect(send(1, [egress(nonsense), egress()])).toEqual({ kind: "taken", upTo: 1, refused: 1, overQuota: 0 });
  expect(opened.store.find(ALL).flows).toHaveLength(1);
  expect(lost("refused")).toEqual([["web-1", 1]]);
});

test("a report that is too long is cut, and the rest counted", () => {
  const losses = Array.from({ length: 5 }, () => ({ what: "bucket-full" as const, start: NOON, end: NOON }));
  const some = { ...limits(), records: 10, losses: 2 };
  const outcome = ingest({ upTo: 1, records: many(15), losses }, WEB, opened.store, some);
  expect(outcome).toMatchObject({ kind: "taken", refused: 8 });
  expect(opened.store.size().records).toBe(10);
});

test("a loss of a time that cannot be is refused", () => {
  const losses = [
    { what: "conntrack-full" as const, start: -1, end: NOON },
    { what: "conntrack-full" as const, start: NOON, end: NOON, count: 2 },
  ];
  expect(ingest({ upTo: 1, records: [], losses }, WEB, opened.store, limits()).refused).toBe(1);
  expect(lost("conntrack-full")).toEqual([["web-1", 2]]);
});

test("what one host reports beyond its quota in a minute is counted as lost; others' room is theirs", () => {
  const some = limits(10);
  expect(send(1, many(8), some)).toMatchObject({ kind: "taken", overQuota: 0 });
  expect(send(2, many(8), some)).toEqual({ kind: "over-quota", upTo: 2, refused: 0, overQuota: 6 });
  expect(send(2, many(8), some)).toMatchObject({ kind: "known" });
  expect(send(1, [ingress()], some, DB)).toMatchObject({ kind: "taken" });
  expect(lost("over-quota")).toEqual([["web-1", 6]]);
  clock.now += 60_000;
  expect(send(3, many(8), some)).toMatchObject({ kind: "taken", overQuota: 0 });
});

test("a full disk is an outcome that costs no quota; any other trouble is an error", () => {
  const failing = (error: Error): FlowStore => ({
    ...opened.store,
    lastTaken: () => -1,
    take: () => {
      throw error;
    },
  });
  const some = limits(10);
  const full = new BulkheadError("server/store-full", "no room");
  const report = { upTo: 1, records: many(10), losses: [] };
  expect(ingest(report, WEB, failing(full), some)).toMatchObject({ kind: "full", upTo: 1 });
  expect(send(1, many(10), some)).toMatchObject({ kind: "taken", overQuota: 0 });
  expect(() => ingest(report, WEB, failing(new Error("other")), limits())).toThrow("other");
});
