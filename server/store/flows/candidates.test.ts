import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "../database.ts";
import { candidateQuery, prepareCandidates } from "./candidates.ts";
import { HALVES_OF_KEY, visitsQuery, wantedVisitsQuery } from "./flow-reader.ts";
import type { FlowFilter } from "./joined-flow.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

const opened: { database?: Database } = {};
beforeAll(() => {
  opened.database = openDatabase({ path: ":memory:", applicationId: APPLICATION_ID, migrations: MIGRATIONS });
  prepareCandidates(opened.database);
});
afterAll(() => opened.database?.close());

function planOf(sql: string, parameters: readonly unknown[]): readonly string[] {
  const rows = opened.database?.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as {
    detail: string;
  }[];
  return rows.map(({ detail }) => detail);
}

test.each<[Partial<FlowFilter>, string]>([
  [{ from: "10.0.0.1" }, "SEARCH flow USING COVERING INDEX flow_facts (source=?)"],
  [{ to: "10.0.0.1" }, "SEARCH flow USING INDEX flow_destination (destination=?)"],
  [{ to: "10.0.0.0/8" }, "SEARCH flow USING INDEX flow_destination (destination=?)"],
  [{ peer: "10.0.0.1" }, "MULTI-INDEX OR"],
  [{ from: "web" }, "SEARCH flow USING INDEX flow_source_party (source_party=?)"],
  [{ to: "db-1" }, "SEARCH flow USING INDEX flow_destination_party (destination_party=?)"],
  [{ peer: "db-1" }, "MULTI-INDEX OR"],
  [{ host: "db-1" }, "MULTI-INDEX OR"],
  [{ unit: "nginx" }, "MULTI-INDEX OR"],
  [{ from: "10.0.0.0/8", to: "10.0.0.0/8" }, "SEARCH flow USING INDEX flow_destination (destination=?)"],
  [{ from: "10.0.0.1", to: "10.0.0.0/8" }, "SEARCH flow USING COVERING INDEX flow_facts (source=?)"],
  [{ to: "10.0.0.1", verdicts: ["deny"] }, "SEARCH flow USING INDEX flow_destination (destination=?)"],
  [{ unconfirmed: true }, "SEARCH flow USING COVERING INDEX flow_facts (source=?)"],
  [{ verdicts: ["deny"] }, "SEARCH flow USING INDEX flow_denied (verdict=?)"],
  [{ verdicts: ["deny", "would-deny"] }, "SEARCH flow USING INDEX flow_denied (verdict=?)"],
])("%j looks only at the flows that an index names", (filter, expected) => {
  const query = candidateQuery({ since: 0, ...filter });
  const plan = planOf(query?.sql ?? "", query?.parameters ?? []);
  expect(plan.filter((step) => step.includes(expected))).not.toEqual([]);
  expect(plan.filter((step) => /SCAN flow\b/.test(step))).toEqual([]);
  expect(plan.filter((step) => /SCAN (address|party)\b/.test(step))).toEqual([]);
});

const time = { since: 0, until: 1, spans: "[]" };

test("tallies of candidates, and those of one flow, are found by their place in each span", () => {
  const place = "SEARCH tally USING PRIMARY KEY (span=? AND flow=? AND bucket>? AND bucket<?)";
  expect(planOf(visitsQuery("candidates", false), [time])).toContain(place);
  const key = { source: 1, destination: 2, service: 3, width: null, since: 0, until: 1 };
  const plan = planOf(HALVES_OF_KEY, [key]);
  expect(plan).toContain(place);
  expect(plan[0]).toContain(
    "SEARCH flow USING COVERING INDEX flow_facts (source=? AND destination=? AND service=?)",
  );
});

test("where all flows are looked at, each span is read from one end to the other", () => {
  const plan = planOf(visitsQuery("all", false), [time]);
  expect(plan).toContain("SEARCH tally USING PRIMARY KEY (span=?)");
});

test("the newest are found by their bucket, and what either end said of them by an index", () => {
  const bucket = "SEARCH tally USING INDEX tally_bucket (span=? AND bucket>? AND bucket<?)";
  expect(planOf(visitsQuery("few", false), [time])).toContain(bucket);
  const plan = planOf(wantedVisitsQuery("verdict > 0", false), [time]);
  expect(plan).toContain(bucket);
  expect(plan.join()).toContain(
    "SEARCH flow USING COVERING INDEX flow_facts (source=? AND destination=? AND service=?",
  );
});
