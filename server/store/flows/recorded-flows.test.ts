import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ALL, egress, ingress, later, NOON, tell } from "./fixtures/reports.ts";
import { type FlowStore, openFlowStore } from "./flow-store.ts";
import { RecordedFlows } from "./recorded-flows.ts";

const here = { directory: "" };

beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-recorded-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const path = () => join(here.directory, "flows.db");
const open = (): FlowStore => openFlowStore({ path: path(), now: () => later(20) });

function recorded(since = 0, until = Number.MAX_SAFE_INTEGER) {
  using flows = new RecordedFlows(path());
  const told = { records: 0 };
  const all = [...flows.all({ since, until }, ({ records }) => Object.assign(told, { records }))];
  return { all, ...told };
}

const record = fc
  .record({
    of: fc.constantFrom(egress, ingress),
    bucket: fc.nat(15).map(later),
    service: fc.constantFrom(22, 5432),
    verdict: fc.constantFrom("allow" as const, "deny" as const, "would-deny" as const),
    unit: fc.constantFrom("a.service", "b.service"),
    connections: fc.nat(9),
  })
  .map(({ of, unit, ...some }) => of({ ...some, local: { unit } }));

test("all of a time is what a search without end finds in it, each flow once", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), fc.nat(16), fc.nat(16), (records, a, b) => {
      rmSync(path(), { force: true });
      {
        using store = open();
        tell(store, ...records);
        const [since, until] = [later(Math.min(a, b)), later(Math.max(a, b)) + 150];
        const said = recorded(since, until);
        const found = store.find({ ...ALL, since, until });
        const gist = (flows: typeof found.flows) =>
          flows.map(({ ended: _, lasted: __, ...flow }) => JSON.stringify(flow)).sort();
        expect(gist(said.all)).toEqual(gist(found.flows));
      }
    }),
    { numRuns: 30 },
  );
});

test("the file is read beside whoever writes it, and records are counted", () => {
  using store = open();
  tell(store, egress(), ingress(), egress({ bucket: later(3) }));
  const { all, records } = recorded();
  expect([all.length, records]).toEqual([1, 3]);
  expect(all[0]).toMatchObject({ start: NOON + 100, end: later(3) + 200, connections: 2, confirmed: true });
  tell(store, egress({ service: 22 }));
  expect(recorded().all).toHaveLength(2);
});

const HOUR = 3_600_000;
const BUCKETS_PER_HOUR = 360;

/** In buckets of ten seconds. */
const hours = (count: number) => count * BUCKETS_PER_HOUR;

function habits() {
  using flows = new RecordedFlows(path());
  const told = [...flows.habitual({ since: 0, until: Number.MAX_SAFE_INTEGER }, () => {})];
  return new Map(told.map(({ flow, habit }) => [flow.service, habit]));
}

test("days and quiet hours are told, whether records are fine or coarse", () => {
  const days = Array.from({ length: 8 }, (_, day) => hours(-24 * (day + 1)));
  const clock = { now: later(20) };
  using store = openFlowStore({ path: path(), now: () => clock.now });
  tell(
    store,
    // All day long, with a short pause at night.
    ...days.flatMap((day) =>
      Array.from({ length: 44 }, (_, at) =>
        egress({ bucket: later(day + hours(at % 22)), service: at < 22 ? 443 : 80 }),
      ),
    ),
    // In that pause alone, on two days; in one of these at another hour as well.
    ...days.slice(0, 2).map((day) => egress({ bucket: later(day + hours(23)), service: 22 })),
    ...[hours(23), hours(1)].map((at) => egress({ bucket: later((days[3] ?? 0) + at), service: 25 })),
  );
  const expected = new Map([
    [443, { days: 8, onlyQuietHours: false }],
    [80, { days: 8, onlyQuietHours: false }],
    [22, { days: 2, onlyQuietHours: true }],
    [25, { days: 1, onlyQuietHours: false }],
  ]);
  expect(habits()).toEqual(expected);
  clock.now += 30 * 24 * HOUR;
  for (let isMore = true; isMore; ) isMore = store.compact(clock.now);
  expect(habits()).toEqual(expected);
});
