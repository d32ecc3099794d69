import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ALL, DB, egress, ingress, later, report, tell, WEB } from "./fixtures/reports.ts";
import { type FlowStore, openFlowStore } from "./flow-store.ts";
import type { FlowFilter, JoinedFlow } from "./joined-flow.ts";

const here = { directory: "" };

beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-newest-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

/** Several spans, and more buckets in each than a search begins with. */
const BUCKETS = 400;

const record = fc
  .record({
    of: fc.constantFrom(egress, ingress),
    bucket: fc.nat(BUCKETS).map(later),
    service: fc.nat(40),
    verdict: fc.constantFrom("allow" as const, "allow" as const, "deny" as const, "would-deny" as const),
    unit: fc.constantFrom("a.service", "b.service"),
    lasts: fc.nat(9_000),
  })
  .map(({ of, unit, lasts, bucket, ...some }) =>
    of({ ...some, bucket, end: bucket + 100 + lasts, local: { unit } }),
  );

const filter: fc.Arbitrary<Partial<FlowFilter>> = fc.constantFrom(
  {},
  { verdicts: ["deny"] as const },
  { verdicts: ["allow"] as const },
  { unit: "a" },
  { from: "web-1", service: "tcp/1-20" },
  { unconfirmed: true },
);

/** All pages of so many, one after the other. */
function pages(store: FlowStore, asked: FlowFilter, { limit, perBucket }: Paged): readonly JoinedFlow[] {
  const found: JoinedFlow[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = store.find({ ...asked, limit, perBucket, ...(cursor !== undefined && { cursor }) });
    expect(page.flows.length).toBeLessThanOrEqual(limit);
    found.push(...page.flows);
    cursor = page.next;
  }
  return found;
}

interface Paged {
  readonly limit: number;
  readonly perBucket: boolean;
}

test("small pages, which look at the newest first, have together what one search for all of it finds, in its order", () => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 60, maxLength: 60 }),
      filter,
      fc.record({ limit: fc.integer({ min: 1, max: 7 }), perBucket: fc.boolean() }),
      fc.record({ since: fc.nat(100), lasts: fc.integer({ min: 100, max: BUCKETS }) }),
      (records, some, paged, { since, lasts }) => {
        rmSync(join(here.directory, "flows.db"), { force: true });
        using store = openFlowStore({
          path: join(here.directory, "flows.db"),
          now: () => later(BUCKETS + 1),
          retention: () => ({
            // What is older comes late, into a level that overlaps the finer one.
            levels: [
              { width: 10_000, keep: 2_000_000 },
              { width: 600_000, keep: 99 * 24 * 3_600_000 },
            ],
            bytes: 1e9,
          }),
        });
        const by = Map.groupBy(records, ({ direction }) => direction);
        store.take(report(WEB, 0, ...(by.get("egress") ?? [])));
        store.take(report(DB, 0, ...(by.get("ingress") ?? [])));
        const asked = { ...some, since: later(since) + 150, until: later(since + lasts) };
        // Everybody is from somewhere: asked so, flows are found by candidates.
        const whole = store.find({
          from: "0.0.0.0/0",
          ...asked,
          ...ALL,
          since: asked.since,
          perBucket: paged.perBucket,
        });
        expect(pages(store, asked, paged)).toEqual(whole.flows);
      },
    ),
    { numRuns: 25 },
  );
});

test("what one end denied is as new as what the other end has seen of it", () => {
  using store = openFlowStore({ path: join(here.directory, "flows.db"), now: () => later(20) });
  const denied = (service: number, bucket: number) =>
    ingress({ service, bucket: later(bucket), verdict: "deny" });
  tell(store, denied(1, 1), egress({ service: 1, bucket: later(10) }), denied(2, 5), denied(3, 6));
  const [first] = store.find({ since: 0, limit: 1, verdicts: ["deny"] }).flows;
  expect(first).toMatchObject({ service: 1, end: later(10) + 200 });
});
