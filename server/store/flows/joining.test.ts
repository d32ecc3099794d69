import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { flowFilter } from "./filter.ts";
import { joinedByOracle, keyOf } from "./fixtures/oracle.ts";
import { ALL, DB, egress, ingress, later, NOON, report, WEB } from "./fixtures/reports.ts";
import { type FlowStore, openFlowStore } from "./flow-store.ts";
import type { FlowSearch, JoinedFlow } from "./joined-flow.ts";

const VERDICTS: readonly Verdict[] = ["allow", "would-deny", "deny"];
/** In four buckets beside each other and one of the day before, which is coarser. */
const BUCKETS = [0, 1, 2, 3, -8640];

const seen = fc.record({
  end: fc.constantFrom("egress", "ingress"),
  bucket: fc.constantFrom(...BUCKETS),
  service: fc.integer({ min: 1, max: 4 }),
  /** As a stranger's, or the other host's. */
  peer: fc.constantFrom("host", "host", "stranger"),
  unit: fc.constantFrom("a", "b", undefined),
  verdict: fc.constantFrom(...VERDICTS),
  counts: fc.tuple(fc.nat(9), fc.nat(99), fc.nat(999)),
  offset: fc.nat(9_000),
});
type Seen = typeof seen extends fc.Arbitrary<infer Value> ? Value : never;

function recordOf({ end, bucket, service, peer, unit, verdict, counts, offset }: Seen): FlowRecord {
  const [connections, packets, bytes] = counts;
  const start = later(bucket) + offset;
  const some = {
    bucket: later(bucket),
    start,
    end: start + 900,
    service,
    verdict,
    connections,
    packets,
    bytes,
  };
  const remote = peer === "host" ? {} : { remote: { address: "192.0.2.1", segment: "net" } };
  const record = (end === "egress" ? egress : ingress)({ ...some, ...remote });
  const { unit: _, ...local } = record.local;
  return { ...record, local: { ...local, ...(unit === undefined ? {} : { unit }) } };
}

/** One end says the same of all that is alike. */
function alike(one: Seen): Seen {
  return { ...one, unit: "a", verdict: VERDICTS[(one.service + one.end.length) % 3] ?? "allow" };
}

function storeOf(records: readonly FlowRecord[]): FlowStore {
  const store = openFlowStore({ path: ":memory:", now: () => NOON + 60_000 });
  for (const [at, record] of records.entries())
    store.take(report(record.direction === "egress" ? WEB : DB, at, record));
  return store;
}

const sorted = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).sort();
const few = fc.array(seen, { maxLength: 40 });

function shown({ confirmed, verdict, connections, packets, bytes, start, end }: JoinedFlow) {
  return { confirmed, verdict, connections, packets, bytes, start, end };
}

test("random flows from both ends are joined as an oracle joins them that looks at all", () => {
  fc.assert(
    fc.property(few, fc.boolean(), (all, perBucket) => {
      const records = all.map((one) => recordOf(alike(one)));
      using store = storeOf(records);
      const { flows } = store.find({ ...ALL, perBucket });
      expect(sorted(flows.map(shown))).toEqual(sorted(joinedByOracle(records, perBucket)));
    }),
    { numRuns: 200 },
  );
});

test("whatever either end tells apart, all that it said is shown and nothing is counted that nobody said", () => {
  fc.assert(
    fc.property(few, (all) => {
      const records = all.map(recordOf);
      using store = storeOf(records);
      const { flows } = store.find(ALL);
      for (const [key, group] of Map.groupBy(records, (record) => keyOf(record, false))) {
        const of = flows.filter((flow) => key === keyOfFlow(flow));
        for (const end of ["egress", "ingress"] as const) {
          const told = group.filter(({ direction }) => direction === end);
          const said = told.map(({ verdict, local }) => `${verdict} ${local.unit}`);
          const own = end === "egress" ? "source" : "destination";
          const judged = of.flatMap((flow) => (flow[end] ? [`${flow[end].verdict} ${flow[own].unit}`] : []));
          expect(new Set(judged)).toEqual(new Set(said));
        }
        for (const of2 of ["connections", "packets", "bytes"] as const) {
          const [egressSum = 0, ingressSum = 0] = ["egress", "ingress"].map((end) =>
            group.reduce((sum, record) => sum + (record.direction === end ? record[of2] : 0), 0),
          );
          const sum = of.reduce((sum, flow) => sum + flow[of2], 0);
          expect(sum).toBeGreaterThanOrEqual(Math.max(egressSum, ingressSum));
          expect(sum).toBeLessThanOrEqual(egressSum + ingressSum);
        }
      }
    }),
    { numRuns: 200 },
  );
});

function keyOfFlow({ source, destination, protocol, service }: JoinedFlow): string {
  return JSON.stringify([source.address, destination.address, protocol, service]);
}

const filters: fc.Arbitrary<Partial<FlowSearch>> = fc.record(
  {
    from: fc.constantFrom("web-1", "web", "10.0.0.0/24", "192.0.2.1", "net"),
    to: fc.constantFrom("db-1", "db", "10.0.0.21", "net"),
    peer: fc.constantFrom("192.0.2.0/24", "db-1", "web"),
    segment: fc.constantFrom("web", "net"),
    host: fc.constantFrom("web-1", "db-1"),
    unit: fc.constantFrom("a", "b"),
    service: fc.constantFrom("tcp/1-2", "tcp/3", "udp/1"),
    verdicts: fc.subarray([...VERDICTS]),
    unconfirmed: fc.constant(true),
    perBucket: fc.boolean(),
  },
  { requiredKeys: [] },
);

test("what a search finds by indexes, page by page, is what looking at every flow finds, newest first", () => {
  fc.assert(
    fc.property(few, filters, fc.integer({ min: 1, max: 5 }), (all, filter, limit) => {
      using store = storeOf(all.map(recordOf));
      const pages: JoinedFlow[] = [];
      let cursor: string | undefined;
      do {
        const page = store.find({ since: 0, ...filter, limit, ...(cursor === undefined ? {} : { cursor }) });
        expect(page.flows.length).toBeLessThanOrEqual(limit);
        if (page.next !== undefined) expect(page.flows).toHaveLength(limit);
        pages.push(...page.flows);
        cursor = page.next;
      } while (cursor !== undefined);
      const isWanted = flowFilter({ since: 0, ...filter });
      const every = store.find({ ...ALL, perBucket: filter.perBucket === true }).flows.filter(isWanted);
      expect(sorted(pages)).toEqual(sorted(every));
      expect(pages.map(({ end }) => end)).toEqual(pages.map(({ end }) => end).sort((a, b) => b - a));
    }),
    { numRuns: 300 },
  );
});

test("a summary's sums are those of the flows", () => {
  fc.assert(
    fc.property(few, filters, (all, { perBucket: _, ...filter }) => {
      using store = storeOf(all.map(recordOf));
      const { edges } = store.summary({ since: 0, ...filter, limit: 1000 });
      const { flows } = store.find({ ...ALL, ...filter });
      for (const of of ["connections", "packets", "bytes"] as const)
        expect(edges.reduce((sum, edge) => sum + edge[of], 0)).toBe(
          flows.reduce((sum, flow) => sum + flow[of], 0),
        );
      expect(edges.reduce((sum, edge) => sum + edge.flows, 0)).toBe(flows.length);
    }),
    { numRuns: 100 },
  );
});

test("the order in which reports come changes nothing", () => {
  fc.assert(
    fc.property(few, fc.infiniteStream(fc.nat()), (all, random) => {
      const shuffled = all
        .map((one) => ({ one, place: random.next().value as number }))
        .sort((a, b) => a.place - b.place)
        .map(({ one }) => one);
      using store = storeOf(all.map(recordOf));
      using other = storeOf(shuffled.map(recordOf));
      expect(sorted(other.find(ALL).flows)).toEqual(sorted(store.find(ALL).flows));
    }),
    { numRuns: 100 },
  );
});
