import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Verdict } from "@bulkhead/shared/rules/judgement.ts";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ALL, DB, egress, ingress, later, NOON, report, tell, WEB } from "./fixtures/reports.ts";
import { type FlowStore, openFlowStore } from "./flow-store.ts";
import type { FlowSearch } from "./joined-flow.ts";

const clock = { now: NOON + 60_000 };
const here = { directory: "" };

beforeEach(() => {
  clock.now = NOON + 60_000;
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-flows-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const path = () => join(here.directory, "flows.db");
const open = (): FlowStore => openFlowStore({ path: path(), now: () => clock.now });
const services = (store: FlowStore, search = {}) =>
  store
    .find({ ...ALL, ...search })
    .flows.map(({ service }) => service)
    .sort();

test("what one end said is found as it was said", () => {
  using store = open();
  tell(store, egress({ packets: 2 ** 40 + 1 }));
  expect(store.find(ALL)).toEqual({
    flows: [
      {
        start: NOON + 100,
        end: NOON + 200,
        source: {
          address: "10.0.0.11",
          host: "web-1",
          segment: "web",
          unit: "shop.service",
          user: "shop",
          executable: "/usr/bin/shop",
        },
        destination: { address: "10.0.0.21", host: "db-1", segment: "db" },
        protocol: 6,
        service: 5432,
        connections: 1,
        packets: 2 ** 40 + 1,
        bytes: 1000,
        ended: 1,
        lasted: 100,
        verdict: "allow",
        egress: { host: "web-1", verdict: "allow", rule: { name: "orders", file: "shop.yaml", line: 12 } },
        ingress: null,
        confirmed: false,
        unconfirmed: false,
      },
    ],
    next: undefined,
  });
});

test("what both ends said of the same is one flow with both judgements, the larger counts and the worse verdict", () => {
  using store = open();
  tell(
    store,
    egress({ connections: 3, bytes: 5 }),
    ingress({ connections: 2, bytes: 7, verdict: "deny", rule: null }),
  );
  const { flows } = store.find(ALL);
  expect(flows).toHaveLength(1);
  expect(flows[0]).toMatchObject({
    source: { host: "web-1", segment: "web", unit: "shop.service" },
    destination: { host: "db-1", segment: "db", unit: "postgresql.service" },
    connections: 3,
    bytes: 7,
    verdict: "deny",
    egress: { host: "web-1", verdict: "allow" },
    ingress: { host: "db-1", verdict: "deny", rule: null },
    confirmed: true,
    unconfirmed: false,
  });
});

test("what one end alone said is unconfirmed where both report, but for what its source denied", () => {
  using store = open();
  tell(
    store,
    egress({ service: 1 }),
    ingress({ service: 2 }),
    egress({ service: 3 }),
    ingress({ service: 3 }),
  );
  tell(
    store,
    egress({ service: 4, verdict: "deny" }),
    egress({ service: 5, remote: { address: "192.0.2.1" } }),
  );
  expect(services(store, { unconfirmed: true })).toEqual([1, 2]);
});

test("a flow that its source denied is not said to have been judged by the other end", () => {
  using store = open();
  tell(store, egress({ verdict: "deny", rule: null }), egress(), ingress());
  const judged = store.find(ALL).flows.map(({ verdict, confirmed }) => [verdict, confirmed]);
  expect(judged).toEqual(
    expect.arrayContaining([
      ["deny", false],
      ["allow", true],
    ]),
  );
  expect(judged).toHaveLength(2);
});

test("a host speaks for its own addresses alone, and what it may not say is counted", () => {
  using store = open();
  const forged = egress({ local: { address: "10.0.0.21" } });
  expect(store.take(report(WEB, 1, forged, egress()))).toEqual({ kind: "taken", refused: 1 });
  expect(store.size().records).toBe(1);
  expect(store.losses(0)).toEqual([
    { host: "web-1", what: "refused", start: clock.now, end: clock.now, count: 1 },
  ]);
});

test("a text that is no address, and a record older than all that is kept, are refused", () => {
  using store = open();
  const texts = ["", "10.0.0.1 ", "010.0.0.1", "fd00::0", "'; DROP TABLE flow; --", "x".repeat(1000)];
  const records = texts.map((address) => egress({ remote: { address } }));
  const old = egress({ bucket: later(0) - 200 * 24 * 3_600_000 });
  expect(store.take(report(WEB, 1, ...records, old)).refused).toBe(records.length + 1);
  expect(store.find(ALL).flows).toEqual([]);
});

test("a report is taken once, however often and in whatever order it comes", () => {
  const reports = Array.from({ length: 6 }, (_, at) => ({
    host: at % 2 === 0 ? WEB : DB,
    upTo: 100 + at,
    records: [at % 2 === 0 ? egress({ connections: 10 ** at }) : ingress({ connections: 10 ** at })],
    losses: [{ what: "conntrack-full" as const, start: NOON, end: NOON, count: 1 }],
  }));
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5 }), { maxLength: 30 }), fc.nat(), (order, restart) => {
      let store = open();
      const furthest = new Map<string, number>();
      const expected = { egress: 0, ingress: 0, losses: 0 };
      for (const [at, which] of order.entries()) {
        const one = reports[which] as (typeof reports)[number];
        const isNew = one.upTo > (furthest.get(one.host.id) ?? -1);
        expect(store.take(one).kind).toBe(isNew ? "taken" : "known");
        if (at === restart % 30) {
          store[Symbol.dispose]();
          store = open();
        }
        if (!isNew) continue;
        furthest.set(one.host.id, one.upTo);
        expected[which % 2 === 0 ? "egress" : "ingress"] += 10 ** which;
        expected.losses += 1;
      }
      const [flow] = store.find(ALL).flows;
      expect(flow?.connections ?? 0).toBe(Math.max(expected.egress, expected.ingress));
      expect(store.losses(0).reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(expected.losses);
      store[Symbol.dispose]();
      rmSync(path());
    }),
    { numRuns: 30 },
  );
});

test("after kill -9 in the middle nothing that was acknowledged is lost, and nothing is there twice or in part", async () => {
  const program = fileURLToPath(new URL("fixtures/writing-child.ts", import.meta.url));
  const child = spawn(process.execPath, [program, path()], { stdio: ["ignore", "pipe", "inherit"] });
  let said = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    said = Number(line);
    if (said === 200) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  using store = open();
  expect(said).toBeGreaterThanOrEqual(200);
  // The last one may be on disk without a word of it.
  const taken = store.lastTaken(WEB.id);
  expect([said, said + 1]).toContain(taken);
  expect(store.size().records).toBe(3 * taken);
  for (let upTo = 1; upTo <= said; upTo++) expect(store.take(report(WEB, upTo, egress())).kind).toBe("known");
  expect(store.find(ALL).flows.reduce((sum, { connections }) => sum + connections, 0)).toBe(3 * taken);
});

test.skipIf(process.getuid?.() !== 0)(
  "on a full disk a report is refused whole, and taken once there is room (needs root to mount a small disk)",
  () => {
    const program = fileURLToPath(new URL("fixtures/small-disk-child.ts", import.meta.url));
    const words = ["--mount", "--", process.execPath, program, here.directory];
    const { stdout, stderr } = spawnSync("unshare", words, { encoding: "utf8" });
    expect(stderr).toBe("");
    const seen = JSON.parse(stdout) as {
      outcome: string;
      records: number;
      found: number;
      lastTaken: number;
    }[];
    const outcomes = seen.map(({ outcome }) => outcome);
    expect(outcomes.slice(-3)).toEqual(["server/store-full", "taken", "known"]);
    const kept = outcomes.lastIndexOf("taken") - 1;
    expect(seen.at(-3)).toEqual({
      outcome: "server/store-full",
      records: 1000 * kept,
      found: 1000 * kept,
      lastTaken: kept,
    });
    const whole = { records: 1000 * (kept + 1), found: 1000 * (kept + 1), lastTaken: kept + 1 };
    expect(seen.slice(-2)).toEqual([
      { outcome: "taken", ...whole },
      { outcome: "known", ...whole },
    ]);
  },
);

test("hostile strings are strings: found by what they say, and nothing else happens", () => {
  using store = open();
  const hostile = ["'; DROP TABLE flow; --", "\0", '","x', "<script>", "\u202e", "%", "_", "[]", "null", ""];
  tell(store, egress({ service: 999 }));
  for (const [at, text] of hostile.entries())
    tell(
      store,
      egress({
        service: at,
        local: { unit: text, user: text, executable: text },
        remote: { address: "192.0.2.1", host: text, segment: text },
        rule: { name: text, file: text, line: 1, note: text },
      }),
    );
  for (const [at, text] of hostile.entries())
    for (const filter of [{ unit: text }, { to: text }, { host: text }, { segment: text }, { peer: text }])
      expect(services(store, filter), JSON.stringify(filter)).toEqual([at]);
  const [flow] = store.find({ ...ALL, unit: hostile[2] ?? "" }).flows;
  expect(flow).toMatchObject({
    source: { unit: '","x', user: '","x' },
    destination: { host: '","x' },
    egress: { rule: { name: '","x', note: '","x' } },
  });
  expect(store.losses(0, "' OR 1=1 --")).toEqual([]);
});

const told = [
  egress({ service: 1 }),
  ingress({ service: 1 }),
  egress({
    service: 2,
    verdict: "would-deny",
    local: { address: "fd00::11", unit: "cron" },
    remote: { address: "2001:db8::1", segment: "net" },
  }),
  ingress({ service: 3, verdict: "deny", remote: { address: "198.51.100.7" }, protocol: 17 }),
  egress({ service: 4, remote: { address: "others" }, bucket: later(3) }),
];

test.each<[object, readonly number[]]>([
  [{}, [1, 2, 3, 4]],
  [{ from: "web-1" }, [1, 2, 4]],
  [{ from: "web" }, [1, 2, 4]],
  [{ from: "db-1" }, []],
  [{ to: "db" }, [1, 3]],
  [{ to: "10.0.0.21" }, [1, 3]],
  [{ from: "198.51.100.0/24" }, [3]],
  [{ from: "198.51.100.6-198.51.100.8" }, [3]],
  [{ to: "2001:db8::/32" }, [2]],
  [{ peer: "::/0" }, [2]],
  [{ peer: "0.0.0.0/0" }, [1, 3, 4]],
  [{ peer: "db-1" }, [1, 3]],
  [{ segment: "net" }, [2]],
  [{ host: "db-1" }, [1, 3]],
  [{ unit: "cron" }, [2]],
  [{ unit: "postgresql" }, [1, 3]],
  [{ service: "tcp/1-2" }, [1, 2]],
  [{ service: "udp/*" }, [3]],
  [{ verdicts: ["deny"] }, [3]],
  [{ verdicts: ["deny", "would-deny"] }, [2, 3]],
  [{ verdicts: ["allow"] }, [1, 4]],
  [{ since: later(3) }, [4]],
  [{ until: later(2) }, [1, 2, 3]],
  [{ from: "web-1", to: "db-1", service: "tcp/1" }, [1]],
  [{ from: "nobody" }, []],
])("%j finds the services %j", (filter, expected) => {
  using store = open();
  tell(store, ...told);
  expect(services(store, filter)).toEqual(expected);
  using again = open();
  expect(services(again, filter)).toEqual(expected);
});

test.each([{ service: "tcp/99999" }, { cursor: "x" }, { cursor: "WzEsMl0" }])("%j is refused", (nonsense) => {
  using store = open();
  expect(() => store.find({ ...ALL, ...nonsense })).toThrowError(
    expect.objectContaining({ code: "server/invalid-request" }),
  );
});

test("a summary adds up by hosts, service and verdict, with the denied by the minute", () => {
  using store = open();
  const denied = (service: number, buckets: number): ReturnType<typeof ingress> =>
    ingress({
      service,
      verdict: "deny" as Verdict,
      bucket: later(buckets),
      remote: { address: "192.0.2.9" },
    });
  tell(
    store,
    egress({ connections: 5 }),
    ingress({ connections: 6 }),
    egress({ local: { unit: "other" }, bucket: later(1) }),
  );
  tell(store, denied(22, 0), denied(22, 1), denied(23, 7));
  const { edges, more, deniedPerMinute } = store.summary({ since: 0, limit: 2 });
  expect(edges).toMatchObject([
    {
      source: { host: "web-1", segment: "web" },
      destination: { host: "db-1", segment: "db" },
      service: 5432,
      connections: 6,
      flows: 2,
    },
    { source: {}, destination: { host: "db-1" }, service: 22, verdict: "deny", connections: 2, flows: 1 },
  ]);
  expect(more).toBe(1);
  expect(deniedPerMinute).toEqual([
    { minute: NOON, connections: 2 },
    { minute: NOON + 60_000, connections: 1 },
  ]);
  expect(store.summary({ since: 0, limit: 9, service: "tcp/23" }).deniedPerMinute).toHaveLength(1);
});

test("an edge from nobody who has a name has the address, as long as there is only one", () => {
  using store = open();
  const from = (address: string, service: number) =>
    ingress({ service, verdict: "deny" as Verdict, remote: { address } });
  tell(store, from("192.0.2.9", 22), from("192.0.2.9", 23), from("192.0.2.10", 23), from("192.0.2.9", 24));
  tell(store, from("192.0.2.11", 23));
  const { edges } = store.summary({ since: 0, limit: 9 });
  const byService = Object.fromEntries(edges.map(({ service, source }) => [service, source.address]));
  expect(byService).toEqual({ 22: "192.0.2.9", 23: undefined, 24: "192.0.2.9" });
  expect(edges.map(({ destination }) => destination.address)).toEqual([undefined, undefined, undefined]);
});

test("a summary tells units apart where it is asked to, and from when to when each edge was seen", () => {
  using store = open();
  tell(
    store,
    egress({ local: { unit: "shop-api.service" }, connections: 5 }),
    egress({ local: { unit: "cron.service" }, connections: 1, bucket: later(6) }),
  );
  const seen = (by: "host" | "unit") =>
    store
      .summary({ since: 0, limit: 9, by })
      .edges.map(({ source, start, end }) => [source.unit, start >= NOON + 60_000, end >= NOON + 60_000]);
  expect(seen("host")).toEqual([[undefined, false, true]]);
  expect(seen("unit")).toEqual([
    ["shop-api.service", false, false],
    ["cron.service", true, true],
  ]);
});

test("a timeline counts each connection once, by its verdict, in the slot in which it was seen", () => {
  using store = open();
  const denied = { verdict: "deny" as Verdict, remote: { address: "192.0.2.9" }, service: 22 };
  tell(store, egress({ connections: 5 }), ingress({ connections: 6 }));
  tell(store, egress({ connections: 2, bucket: later(6) }), ingress({ connections: 2, bucket: later(6) }));
  tell(
    store,
    ingress({ ...denied, connections: 3 }),
    ingress({ ...denied, connections: 4, bucket: later(6) }),
  );
  const timeline = (filter: Partial<FlowSearch> = {}, step = 60_000) =>
    store.timeline({ since: 0, step, ...filter });
  expect(timeline()).toEqual([
    { at: NOON, allowed: 6, wouldDeny: 0, denied: 3 },
    { at: NOON + 60_000, allowed: 2, wouldDeny: 0, denied: 4 },
  ]);
  expect(timeline({}, 3_600_000)).toEqual([{ at: NOON, allowed: 8, wouldDeny: 0, denied: 7 }]);
  expect(timeline({ verdicts: ["deny"] }).map(({ allowed }) => allowed)).toEqual([0, 0]);
  expect(timeline({ service: "tcp/23" })).toEqual([]);
  expect(timeline({ since: NOON + 60_000 })).toHaveLength(1);
});

test("a clock that is wrong moves nothing out of its bucket, and counts that are nonsense break no sum", () => {
  using store = open();
  tell(store, egress({ start: 0, end: 8.64e15 }));
  const [flow] = store.find(ALL).flows;
  expect([flow?.start, flow?.end]).toEqual([NOON, NOON + 9_999]);
  for (let at = 0; at < 3; at++)
    tell(store, egress({ service: 7, bytes: Number.MAX_SAFE_INTEGER, bucket: later(at) }));
  for (let at = 0; at < 3; at++) tell(store, egress({ service: 7, bytes: Number.MAX_SAFE_INTEGER }));
  expect(store.find({ ...ALL, service: "tcp/7" }).flows).toMatchObject([{ bytes: Number.MAX_SAFE_INTEGER }]);
  expect(store.summary({ since: 0, limit: 9 }).edges).toHaveLength(2);
});
