import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ClosedFlow, closedBefore, type FlowPlace, placeAt } from "./closed-flows.ts";
import { egress, ingress, later, NOON, tell } from "./fixtures/reports.ts";
import { type FlowStore, openFlowStore } from "./flow-store.ts";
import { DEFAULT_RETENTION } from "./retention.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const clock = { now: NOON };
const here = { directory: "" };

beforeEach(() => {
  clock.now = NOON;
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-closed-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const open = (more: object = {}): FlowStore =>
  openFlowStore({
    path: join(here.directory, "flows.db"),
    now: () => clock.now,
    closedBefore: () => closedBefore(clock.now),
    ...more,
  });

/** Everything that there is to tell from a place on, and the place afterwards. */
function told(store: FlowStore, from: FlowPlace, most = 3): { flows: ClosedFlow[]; place: FlowPlace } {
  const flows: ClosedFlow[] = [];
  let place = from;
  for (;;) {
    const page = store.closed(place, most);
    flows.push(...page.flows);
    place = page.place;
    if (page.isEnd) return { flows, place };
  }
}

const start = placeAt(NOON, 0);
const nameOf = ({ begin, width, ordinal, flow }: ClosedFlow) =>
  `${(begin - NOON) / MINUTE}+${width / MINUTE} ${flow.source.address}>${flow.destination.address}:${flow.service} ${ordinal}`;

test("a minute is told a minute after its end, both ends' words in one and its buckets added up", () => {
  using store = open();
  clock.now = NOON + MINUTE;
  tell(
    store,
    egress({ connections: 2 }),
    egress({ bucket: later(1) }),
    ingress(),
    ingress({ bucket: later(1) }),
  );
  clock.now = NOON + 2 * MINUTE - 1;
  expect(told(store, start).flows).toEqual([]);
  clock.now = NOON + 2 * MINUTE;
  const { flows, place } = told(store, start);
  expect(flows).toMatchObject([
    {
      begin: NOON,
      width: MINUTE,
      ordinal: 0,
      isLate: false,
      flow: { confirmed: true, connections: 3, start: NOON + 100, end: later(1) + 200 },
    },
  ]);
  expect(told(store, place).flows).toEqual([]);
});

test("what a host tells of later is told once more, with all that is known of it then", () => {
  using store = open();
  tell(store, egress());
  clock.now = NOON + 3 * MINUTE;
  const first = told(store, start);
  expect(first.flows).toMatchObject([{ isLate: false, flow: { confirmed: false } }]);
  tell(store, ingress({ verdict: "would-deny" }), ingress({ bucket: later(12), service: 1 }));
  const second = told(store, first.place);
  expect(second.flows).toMatchObject([
    { begin: NOON, isLate: true, flow: { confirmed: true, verdict: "would-deny" } },
  ]);
  expect(second.flows.map(nameOf)).toEqual(first.flows.map(nameOf));
  clock.now += 2 * MINUTE;
  const third = told(store, second.place);
  expect(third.flows).toMatchObject([{ begin: NOON + 2 * MINUTE, isLate: false }]);
  expect(told(store, third.place).flows).toEqual([]);
});

test("who was away while records were made coarser is told all of it, in the wider time", () => {
  using store = open();
  tell(store, egress({ connections: 1 }), egress({ bucket: later(6 * 9), connections: 4 }));
  clock.now = NOON + 3 * MINUTE;
  const first = told(store, start);
  expect(first.flows).toMatchObject([{ width: MINUTE, flow: { connections: 1 } }]);
  clock.now = NOON + DAY + HOUR;
  tell(store, egress({ bucket: clock.now }));
  clock.now += HOUR;
  while (store.compact(clock.now));
  const { flows } = told(store, first.place);
  // The first minute is in it again: the ten minutes are one number now.
  expect(flows).toMatchObject([
    { begin: NOON, width: 10 * MINUTE, flow: { connections: 5 } },
    { begin: NOON + DAY + HOUR, width: MINUTE, flow: { connections: 1 } },
  ]);
});

test("what a window was told of in part before it became coarser is told from its beginning", () => {
  using store = open();
  tell(store, ...[1, 2, 3, 4].map((service) => egress({ service })));
  clock.now = NOON + 3 * MINUTE;
  const page = store.closed(start, 2);
  expect(page.flows.map(({ flow }) => flow.service)).toEqual([1, 2]);
  clock.now = NOON + DAY + 2 * HOUR;
  while (store.compact(clock.now));
  expect(told(store, page.place).flows.map(({ flow, width }) => [flow.service, width / MINUTE])).toEqual(
    [1, 2, 3, 4].map((service) => [service, 10]),
  );
});

test("the moments of records that go for their age or their number are told", () => {
  const gone: number[] = [];
  using store = open({
    dropped: (moments: readonly number[]) => void gone.push(...moments),
    retention: () => ({ ...DEFAULT_RETENTION, levels: [{ width: 10_000, keep: HOUR }] }),
  });
  tell(store, egress(), egress({ bucket: later(3) }));
  clock.now = NOON + 3 * HOUR;
  while (store.compact(clock.now));
  expect(gone).toEqual([NOON, later(3)]);
});

test("a place that a clock of the future has left is given up, an hour is not", () => {
  using store = open();
  tell(store, egress());
  clock.now = NOON + 3 * MINUTE;
  const { place } = told(store, placeAt(NOON + 365 * DAY, 0));
  expect(place.moment).toBe(closedBefore(clock.now));
  expect(told(store, placeAt(NOON + HOUR, 0)).place.moment).toBe(NOON + HOUR);
});

test("places that were told of are the same in a file that is new", () => {
  using store = open();
  clock.now = NOON + 3 * MINUTE;
  const late = { ...placeAt(NOON + MINUTE, 0), late: 900 };
  tell(store, egress());
  expect(told(store, late).flows).toMatchObject([{ isLate: true }]);
});

const someRecord = fc.record({
  minute: fc.integer({ min: 0, max: 8 }),
  bucket: fc.integer({ min: 0, max: 5 }),
  service: fc.integer({ min: 1, max: 4 }),
  isEgress: fc.boolean(),
  verdict: fc.constantFrom("allow" as const, "would-deny" as const, "deny" as const),
  user: fc.constantFrom("a", "b"),
  /** Minutes after its own in which it is reported. */
  delay: fc.integer({ min: 0, max: 5 }),
});

const runs = { count: 0 };
test("whatever comes when, and however pages are cut: the last word on every minute is all that was reported of it", () => {
  fc.assert(
    fc.property(fc.array(someRecord, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (some, most) => {
      clock.now = NOON;
      using store = open({ path: join(here.directory, `${runs.count++}.db`) });
      // Both are known to report from the beginning.
      tell(store, egress({ bucket: NOON - MINUTE }), ingress({ bucket: NOON - MINUTE }));
      const last = new Map<string, ClosedFlow>();
      let place = start;
      let onTime = 0;
      for (let minute = 0; minute < 20; minute++) {
        clock.now = NOON + minute * MINUTE + 30_000;
        for (const one of some.filter(({ minute: of, delay }) => of + delay === minute))
          tell(store, recordOf(one));
        // Not every minute, and sometimes a page only.
        if (minute % 3 === 1) continue;
        const page = minute % 3 === 0 ? store.closed(place, most) : told(store, place, most);
        for (const flow of page.flows) {
          if (!flow.isLate && !last.has(nameOf(flow))) onTime++;
          last.set(nameOf(flow), flow);
        }
        place = page.place;
      }
      for (const flow of told(store, place, most).flows) last.set(nameOf(flow), flow);
      const fresh = told(store, start, 1_000).flows.filter(({ isLate }) => !isLate);
      const expected = fresh.map((flow) => ({ ...flow, isLate: null }));
      const seen = [...last.values()].map((flow) => ({ ...flow, isLate: null }));
      const byName = (flows: object[]) => flows.map((flow) => JSON.stringify(flow)).sort();
      expect(byName(seen)).toEqual(byName(expected));
      expect(onTime).toBeLessThanOrEqual(expected.length);
    }),
    { numRuns: 60 },
  );
});

function recordOf({
  minute,
  bucket,
  service,
  isEgress,
  verdict,
  user,
}: typeof someRecord extends fc.Arbitrary<infer One> ? One : never): FlowRecord {
  const at = NOON + minute * MINUTE + bucket * 10_000;
  return (isEgress ? egress : ingress)({ bucket: at, service, verdict, local: { user } });
}
