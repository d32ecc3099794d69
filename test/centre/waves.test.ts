/** Rollouts by themselves: hosts say what a test has them say, and time is a number. What real hosts do is in rollouts.test.ts. */

import { metricsOf } from "@bulkhead/server/http/metrics.ts";
import { spread } from "@bulkhead/server/policy/rollouts/waves.ts";
import { rolloutMeasures } from "@bulkhead/server/serve/rollout-measures.ts";
import { RolloutStore } from "@bulkhead/server/store/rollouts/rollout-store.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AlertStand, MINUTE, record } from "../alerts/stand.ts";

const POLICY = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
mode: enforce
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
  - { name: pages, allow: tcp/443, from: any, to: web }
`;
/** Somebody has forgotten the orders. */
const BREAKING = POLICY.replace(/.*name: orders.*\n/, "");
const HARMLESS = `${POLICY}  - { name: more, allow: tcp/22, from: db, to: web }\n`;

const WEB = ["web-1", "web-2", "web-3", "web-4"];
const ALL = [...WEB, "db-1", "db-2"];
const ADDRESSES: Record<string, string> = Object.fromEntries(ALL.map((name, at) => [name, `10.0.0.1${at}`]));

let stand: AlertStand;
beforeEach(() => {
  stand = new AlertStand();
  stand.join(
    ALL.map((name) => ({ name, address: ADDRESSES[name] ?? "", labels: { role: name.split("-")[0] ?? "" } })),
  );
  stand.provision(POLICY);
  stand.well(ALL);
});
afterEach(() => stand[Symbol.dispose]());

const ANNA = { name: "anna" };
const begin = async (text: string, more: { denials?: "halt" | "report"; waves?: string[] } = {}) => {
  const request = { version: stand.push(text), waves: ["1", "50%"], holdSeconds: 60, ...more };
  return (await stand.rollouts.start(request, ANNA)).rollout;
};

/** Hosts say that they enforce what they should, and so much time passes. */
async function pass(milliseconds: number, well: readonly string[] = ALL): Promise<void> {
  stand.well(well);
  await stand.rollouts.tick();
  stand.clock.now += milliseconds;
  stand.well(well);
  await stand.rollouts.tick();
}

const following = () =>
  ALL.filter(
    (name) => stand.estate.distribution.follows(name)?.version === stand.rollouts.latest(1)[0]?.version,
  );
const kinds = () =>
  stand.events
    .latest({ most: 100 })
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith("rollout-"))
    .reverse();

function denied(from: string, to: string, service = 5432) {
  return record({
    ...{ start: stand.clock.now, direction: "egress", verdict: "deny", service, rule: null },
    ...{ local: { address: ADDRESSES[from] ?? from }, remote: { address: ADDRESSES[to] ?? to } },
  });
}

/** What a thread has to find takes its time, and none by the stand's clock. */
const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 30_000, interval: 20 });

/** Until what was reported has been judged, and acted on. */
async function over(): Promise<void> {
  await until(() => stand.rollouts.underway === undefined);
}

test("any beginning of the order has each kind of host in proportion, the largest kind first", () => {
  const hosts = ["a", "b", "c", "d"].map((name) => ({ name, kind: "web" }));
  const order = spread([
    { name: "x", kind: "db" },
    { name: "y", kind: "db" },
    { name: "z", kind: "jobs" },
    ...hosts,
  ]);
  expect(order).toEqual(["a", "x", "b", "z", "c", "y", "d"]);
  expect(spread([...hosts].reverse())).toEqual(["a", "b", "c", "d"]);
});

test("wave after wave, each watched for its time, until the version is the active one", async () => {
  const { waves } = await begin(HARMLESS);
  expect(waves.map(({ hosts }) => hosts)).toEqual([1, 2, 3]);
  expect(following()).toEqual(["web-1"]);
  await pass(59_000);
  expect(following()).toHaveLength(1);
  await pass(1_000);
  expect(following()).toEqual(["db-1", "web-1", "web-2"].sort((a, b) => ALL.indexOf(a) - ALL.indexOf(b)));
  expect(stand.versions.active()?.version).toBe(1);
  await pass(60_000);
  expect(following()).toEqual(ALL);
  await pass(60_000);
  expect(stand.rollouts.underway).toBeUndefined();
  expect(stand.versions.active()).toMatchObject({ version: 2, revision: 2 });
  expect(kinds()).toEqual(["rollout-started", ...Array(3).fill("rollout-wave"), "rollout-done"]);
  for (const name of ALL) expect(stand.estate.sync(stand.estate.host(name)).state).toBe("in-sync");
});

test("a connection that was allowed and is denied now takes it back, with both versions' words; the others were never touched", async () => {
  await begin(BREAKING);
  stand.well(ALL);
  stand.report("web-1", [denied("web-1", "db-1")]);
  await over();
  const [rollout] = stand.rollouts.latest(1);
  expect(rollout).toMatchObject({
    ...{ state: "rolled-back", wave: 0 },
    why: "10.0.0.10 (web-1) -> 10.0.0.14 (db-1) tcp/5432 was allowed by orders (policy.yaml:7), and is denied now: no rule allows tcp/5432 from web-1 to db-1; web-1 enforces egress",
    findings: [{ kind: "denied", host: "web-1" }],
  });
  expect(stand.rollouts.hosts(rollout as never).filter(({ movedAt }) => movedAt)).toHaveLength(1);
  expect(kinds()).toEqual(["rollout-started", "rollout-wave", "rollout-halted", "rollout-rolled-back"]);
  expect(stand.versions.active()).toMatchObject({ version: 1, revision: 3 });
  expect(stand.one("rollout-halted").words).toContain(
    "was halted on its way, at wave 1 of 3: 10.0.0.10 (web-1)",
  );
});

test("what the version before denied as well, and what is meant, halt nothing", async () => {
  await begin(BREAKING);
  stand.report("web-1", [denied("web-1", "db-1", 22), denied("web-1", "192.0.2.9", 443)]);
  // Of a host whose turn has not come.
  stand.report("web-2", [denied("web-2", "db-1")]);
  await pass(60_000);
  await until(() => {
    void stand.rollouts.tick();
    return stand.rollouts.underway?.wave === 1;
  });
  stand.rollouts.abort(1, "anna");
  stand.well(ALL);
  await begin(BREAKING.replace("pages", "the-pages"), { denials: "report" });
  stand.report("web-1", [denied("web-1", "db-1")]);
  await until(() => stand.rollouts.underway?.findings.length === 1);
  expect(stand.rollouts.underway).toMatchObject({ state: "running", findings: [{ kind: "denied" }] });
});

test("where the version before went by the process, and the denial does not say which, what was recorded decides", async () => {
  const narrow = POLICY.replace(
    "from: web, to: db }",
    "from: { segment: web, unit: shop.service }, to: db }",
  );
  stand.provision(narrow);
  stand.well(ALL);
  const shop = denied("web-1", "db-1");
  stand.clock.now += 1_000;
  stand.report("web-1", [
    { ...denied("web-1", "db-1"), verdict: "allow", local: { ...shop.local, unit: "shop.service" } },
  ]);
  await begin(BREAKING);
  stand.well(ALL);
  // Nobody has ever seen this one pass.
  stand.report("web-1", [denied("web-1", "db-2")]);
  await pass(1_000);
  stand.report("web-1", [denied("web-1", "db-1")]);
  await over();
  const [rollout] = stand.rollouts.latest(1);
  expect(rollout?.findings).toMatchObject([
    { kind: "denied", words: expect.stringContaining("(db-1) tcp/5432 was allowed") },
  ]);
});

test("a host that falls back, one that is silent, and one that does not enforce it take it back; what was not well before does not", async () => {
  stand.well(["web-2"], { digest: "0".repeat(32) });
  await begin(HARMLESS, { waves: ["3"] });
  const moved = following();
  expect(moved).not.toContain("web-2");
  const [first = ""] = moved;
  stand.well(moved, { enforcement: "on-probation", digest: null });
  stand.well([first], { enforcement: "fell-back", digest: null });
  await over();
  expect(stand.rollouts.latest(1)[0]?.findings).toMatchObject([{ kind: "fell-back", host: first }]);

  stand.well(ALL);
  await stand.rollouts.start({ version: 2, waves: ["1"], holdSeconds: 600 }, ANNA);
  await pass(0);
  stand.estate.disconnected("web-1", "gone");
  await pass(59_000, ALL.slice(1));
  expect(stand.rollouts.underway).toBeDefined();
  await pass(1_000, ALL.slice(1));
  expect(stand.rollouts.latest(1)[0]?.findings).toMatchObject([{ kind: "silent", host: "web-1" }]);

  stand.estate.connected("web-1");
  stand.well(ALL);
  await stand.rollouts.start({ version: 2, waves: ["1"], holdSeconds: 600 }, ANNA);
  stand.well(["web-1"], { digest: "0".repeat(32) });
  await stand.rollouts.tick();
  stand.clock.now += 2 * MINUTE + 30_000;
  stand.well(["web-1"], { digest: "0".repeat(32) });
  await over();
  expect(stand.rollouts.latest(1)[0]?.findings).toMatchObject([{ kind: "not-enforcing", host: "web-1" }]);
});

test("a server that is killed in the middle goes on where it was, and watches the present wave anew", async () => {
  await begin(HARMLESS);
  await pass(60_000);
  await pass(50_000);
  const before = following();
  stand.restart({ kill: true });
  expect(following()).toEqual(before);
  expect(kinds().at(-1)).toBe("rollout-resumed");
  await pass(59_000);
  expect(following()).toEqual(before);
  await pass(1_000);
  expect(following()).toEqual(ALL);
  expect(() => stand.estate.provision(1, "anna", "rollback")).toThrow(/on its way/);
});

test("a server from an older backup, which hosts have overtaken, halts and leaves it to somebody", async () => {
  await begin(HARMLESS);
  const revision = stand.rollouts.underway?.revision ?? 0;
  // One of the wave has it; one of a later wave cannot have it by what this server remembers.
  expect(stand.estate.isAhead("web-1", { version: 2, revision })).toBe(false);
  expect(stand.estate.isAhead("web-4", { version: 2, revision })).toBe(true);
  expect(stand.rollouts.underway).toMatchObject({
    state: "halted",
    findings: [{ kind: "restored", host: "web-4" }],
  });
  await pass(120_000);
  expect(following()).toEqual(["web-1"]);
  stand.rollouts.resume(1, "anna");
  await pass(60_000);
  expect(following().length).toBeGreaterThan(1);
});

test("as long as a rollout stands halted it alarms and is measured, however long that is; not when it is over", async () => {
  const DAY = 24 * 60 * MINUTE;
  const { number } = await begin(HARMLESS);
  const measured = () => metricsOf(rolloutMeasures(new RolloutStore(stand.database))).text();
  expect(await measured()).toContain('bulkhead_server_rollout_state{state="running"} 1');
  expect(stand.estate.isAhead("web-4", stand.rollouts.underway ?? { version: 0, revision: 0 })).toBe(true);
  stand.pass(3 * DAY, DAY / 4);
  expect(stand.one("rollout-halted")).toMatchObject({ about: "2", count: 1 });
  const text = await measured();
  for (const line of [
    'rollout_state{state="halted"} 1',
    'rollout_state{state="running"} 0',
    "rollout_wave 1",
    "rollout_waves 3",
    'rollout_hosts{moved="true"} 1',
  ])
    expect(text).toContain(`bulkhead_server_${line}\n`);
  stand.rollouts.abort(number, "anna");
  stand.pass(2 * DAY, DAY / 4);
  expect(stand.open().filter((one) => one.startsWith("rollout-halted"))).toEqual([]);
  const after = await measured();
  expect(after).toContain('bulkhead_server_rollout_state{state="halted"} 0\n');
  expect(after).toContain('bulkhead_server_rollouts_total{state="rolled-back"} 1\n');
});

test("hosts that join, are revoked, relabelled or isolated in the middle", async () => {
  await begin(HARMLESS);
  stand.estate.revoke("web-2", "anna");
  stand.estate.isolate("web-1", [], "anna");
  stand.estate.label("web-3", { role: "db" }, "anna");
  stand.join([{ name: "web-9", address: "10.0.0.99", labels: { role: "web" } }]);
  const there = [...ALL.filter((name) => name !== "web-2"), "web-9"];
  expect(stand.estate.distribution.follows("web-9")?.version).toBe(1);
  for (let wave = 0; wave < 3; wave++) await pass(60_000, there);
  expect(stand.rollouts.latest(1)[0]?.state).toBe("done");
  for (const name of there) expect(stand.estate.distribution.follows(name)?.version).toBe(2);
});

test("what breaks an invariant by the time of the next wave is taken back", async () => {
  await begin(
    `${HARMLESS}never: { name: apart, from: pay, to: db, service: tcp/5432 }\n`.replace(
      "segments:",
      'segments:\n  pay: { select: "pay=yes" }',
    ),
  );
  stand.estate.label("web-3", { role: "web", pay: "yes" }, "anna");
  await pass(60_000);
  await over();
  const [{ wave, findings } = { wave: -1, findings: [] }] = stand.rollouts.latest(1);
  expect([wave, findings[0]?.kind, findings[0]?.words]).toEqual([
    0,
    "invalid",
    expect.stringContaining("apart"),
  ]);
});

test("an operator pauses, goes on, takes it back; nothing else comes in between", async () => {
  await begin(HARMLESS);
  await expect(begin(BREAKING)).rejects.toThrow(/on its way/);
  stand.rollouts.pause(1, "anna");
  await pass(600_000);
  expect(following()).toEqual(["web-1"]);
  stand.rollouts.resume(1, "anna");
  await pass(60_000);
  expect(following()).toHaveLength(3);
  stand.rollouts.abort(1, "berta");
  expect(stand.rollouts.latest(1)[0]).toMatchObject({ state: "rolled-back", why: "berta has taken it back" });
  expect(kinds()).not.toContain("rollout-halted");
  expect(() => stand.rollouts.resume(1, "anna")).toThrow("rollout 1 is over: rolled-back");
  for (const waves of [["0"], ["1", "1"], ["20%", "10%"], ["half"], []])
    await expect(stand.rollouts.preview({ version: 2, waves })).rejects.toThrow(/wave/);
  await expect(stand.rollouts.preview({ version: 1, waves: ["1"] })).rejects.toThrow(
    "is the active one already",
  );
});
