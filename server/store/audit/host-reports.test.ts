import type { HostState } from "@bulkhead/shared/protocol/messages.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "../database.ts";
import { ESTATE_STEPS } from "../estate/schema.ts";
import { eventHashFunction } from "./event-chain.ts";
import { HostReports, reportsOf } from "./host-reports.ts";
import { AUDIT_SCHEMA } from "./schema.ts";

const here = { database: undefined as unknown as Database, now: 1_000_000 };
beforeEach(() => {
  here.now = 1_000_000;
  here.database = openDatabase({
    ...{ path: ":memory:", applicationId: 1, migrations: [...ESTATE_STEPS, AUDIT_SCHEMA] },
    functions: { event_hash: eventHashFunction },
  });
});
afterEach(() => here.database.close());

const now = () => here.now;
const state = (digest: string) =>
  ({ version: 1, digest, kernel: "holds", enforcement: "enforcing", modes: null }) as HostState;
const all = () => reportsOf(here.database, "db-1", { from: 0, to: Number.MAX_SAFE_INTEGER, most: 10_000 });

test("a row for each change, and none for what is said again", () => {
  const reports = new HostReports(here.database, now);
  reports.connected("db-1");
  for (let said = 0; said < 5; said++) reports.said("db-1", state("a"), "a");
  reports.said("db-1", state("b"), "a");
  reports.disconnected("db-1");
  reports[Symbol.dispose]();
  expect(all().map(({ connected, digest, expected }) => [connected, digest, expected])).toEqual([
    [true, null, null],
    [true, "a", "a"],
    [true, "b", "a"],
    [false, null, null],
  ]);
});

test("who was connected when the server was killed is not from the moment on at which it was last alive", () => {
  const reports = new HostReports(here.database, now);
  reports.connected("db-1");
  reports.flush();
  here.now += 60_000;
  using _next = new HostReports(here.database, now, here.now - 20_000);
  _next.flush();
  expect(all().map(({ at, connected }) => [at, connected])).toEqual([
    [1_000_000, true],
    [1_040_000, false],
  ]);
});

test("a host that says something else all the time fills nothing: its last word is kept, and how many were not", () => {
  const reports = new HostReports(here.database, now);
  for (let said = 0; said < 5_000; said++) reports.said("db-1", state(`d${said}`), "a");
  reports.flush();
  expect(all()).toHaveLength(120);
  here.now += 60_000;
  reports.flush();
  const rows = all();
  expect([rows.length, rows.at(-1)?.digest, rows.at(-1)?.missed]).toEqual([121, "d4999", 4_879]);
  reports[Symbol.dispose]();
});

test("what is too old goes", () => {
  const reports = new HostReports(here.database, now);
  reports.connected("db-1");
  reports.flush();
  here.now += 401 * 86_400_000;
  reports.disconnected("db-1");
  reports[Symbol.dispose]();
  expect(all().map(({ connected }) => connected)).toEqual([false]);
});

test("which versions a host held is known from its own words, also from those that are not on disk yet, and over a gap", () => {
  const reports = new HostReports(here.database, now);
  const holds = (version: number) => reports.said("db-1", { ...state("a"), version }, "a");
  const later = (seconds: number) => {
    here.now += seconds * 1_000;
    return here.now;
  };
  reports.connected("db-1");
  const first = later(10);
  holds(1);
  const cutOff = later(10);
  reports.disconnected("db-1");
  const second = later(10);
  reports.connected("db-1");
  holds(2);
  reports.flush();
  const third = later(10);
  holds(3);
  const held = reports.held({ start: 0, end: third + 5 });
  const between = (start: number, end: number) => held.between("db-1", { start, end });
  expect(between(first - 5, first - 1)).toEqual([]);
  expect(between(first + 1, first + 2)).toEqual([1]);
  expect(between(cutOff + 1, cutOff + 2)).toEqual([1]);
  expect(between(first, second)).toEqual([1, 2]);
  expect(between(second + 1, third + 5)).toEqual([2, 3]);
  expect(held.between("nobody", { start: 0, end: third })).toEqual([]);
  reports[Symbol.dispose]();
});
