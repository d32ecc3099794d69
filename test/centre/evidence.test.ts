/** Evidence for auditors: of a day that is written down as it would have been, then from a real server, as JSON and as a page. */

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectEvidence, type EvidenceTask } from "@bulkhead/server/audit/evidence/collecting.ts";
import type { Evidence } from "@bulkhead/server/audit/evidence/evidence.ts";
import { mainDatabase } from "@bulkhead/server/serve/schema.ts";
import { HostReports } from "@bulkhead/server/store/audit/host-reports.ts";
import { openDatabase } from "@bulkhead/server/store/database.ts";
import { EventStore } from "@bulkhead/server/store/estate/event-store.ts";
import { filesDigest } from "@bulkhead/server/store/estate/files-digest.ts";
import { HostStore } from "@bulkhead/server/store/estate/host-store.ts";
import { PolicyStore } from "@bulkhead/server/store/estate/policy-store.ts";
import { ingress } from "@bulkhead/server/store/flows/fixtures/reports.ts";
import { openFlowStore } from "@bulkhead/server/store/flows/flow-store.ts";
import type { HostState } from "@bulkhead/shared/protocol/messages.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BULKHEAD } from "../estate/place.ts";
import { LoneServer } from "./lone-server.ts";

const HOUR = 3_600_000;
const NOW = Date.now();
/** A bucket's beginning, some hours ago. */
const START = Math.floor((NOW - 12 * HOUR) / 10_000) * 10_000;
const at = (hours: number) => START + hours * HOUR;
const HOSTILE = `</td><script>alert("1")</script>`;

const files = [
  {
    name: "p.yaml",
    text: `
segments:
  pci: { select: "scope=pci", mode: enforce }
  web: { select: "role=web" }
rules:
  - { name: shop, allow: tcp/5432, from: web, to: pci }
  - { name: other, allow: tcp/80, from: web, to: web }
`,
  },
];

let directory: string;
let task: EvidenceTask;

/** An inhabitant of that day: a store that was written at those moments. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bulkhead-evidence-"));
  const path = join(directory, "bulkhead.db");
  const flowsPath = join(directory, "flows.db");
  const database = openDatabase(mainDatabase(path));
  const clock = { now: at(0) };
  const now = () => clock.now;
  const events = new EventStore(database);
  const note = (hours: number, kind: string, who: string, about: string, facts = {}) => {
    clock.now = at(hours);
    events.add({ at: clock.now, kind, who, about, facts });
  };
  const addresses = ["10.0.0.21"];
  using hosts = new HostStore(database);
  hosts.add({
    ...{ id: "id-db", name: "db-1", labels: { scope: "pci" }, blocks: ["10.0.0.0/8"], addresses },
    ...{ joinedAt: at(0), token: "t" },
  });
  const policies = new PolicyStore(database);
  const digest = filesDigest(files);
  note(0, "server-started", "server", "server", { before: "nothing", lastAlive: null });
  note(0, "host-joined", "token t", "db-1", { labels: {}, addresses });
  policies.add({ author: "anna", authorAccount: null, at: at(0), message: HOSTILE, digest, files });
  note(0, "policy-pushed", "anna", "1", { digest });
  note(0.5, "policy-approved", "bob", "1", { note: "read" });
  policies.activate({ policy: 1, at: at(1), by: "bob", kind: "provision" });
  note(1, "policy-provisioned", "bob", "1", {});
  note(2, "host-labelled", "anna", "db-1", { from: {}, to: { scope: "pci" } });
  const state = (digest: string) =>
    ({
      version: 1,
      digest,
      kernel: "holds",
      enforcement: "enforcing",
      modes: { ingress: "enforce", egress: "enforce" },
    }) as HostState;
  using reports = new HostReports(database, now);
  clock.now = at(2.5);
  reports.connected("db-1");
  reports.said("db-1", state("a".repeat(64)), "a".repeat(64));
  clock.now = at(4);
  reports.said("db-1", { ...state("b".repeat(64)), kernel: "changed" }, "a".repeat(64));
  note(4, "tampering", "host db-1", "db-1", { what: HOSTILE });
  clock.now = at(5);
  reports.said("db-1", state("a".repeat(64)), "a".repeat(64));
  reports.flush();
  // Killed at 6, back at 7; the host comes back at 7.5.
  note(7, "server-started", "server", "server", { before: "killed", lastAlive: at(6) });
  using later = new HostReports(database, now, at(6));
  clock.now = at(7.5);
  later.connected("db-1");
  later.said("db-1", state("a".repeat(64)), "a".repeat(64));
  later.flush();
  note(8, "host-labelled", "mallory", "web-9", { from: {}, to: {} });
  using flows = openFlowStore({ path: flowsPath, now: () => NOW });
  const record = (hours: number, some: Parameters<typeof ingress>[0] = {}) =>
    ingress({ bucket: at(hours), ...some });
  const records = [
    record(1, { connections: 3 }),
    record(3),
    record(3.5, { connections: 4 }),
    record(5, {
      verdict: "deny",
      rule: null,
      service: 22,
      remote: { address: "198.51.100.7" },
      local: { unit: HOSTILE },
    }),
    record(5.5, { verdict: "would-deny", rule: null, service: 23 }),
  ];
  flows.take({
    ...{ host: { id: "id-db", name: "db-1", addresses }, upTo: 1, records },
    losses: [{ start: at(5), end: at(5) + 1_000, what: "bucket-full", count: 7 }],
  });
  database.close();
  task = {
    ...{ kind: "evidence", path, flowsPath, segment: "pci", from: at(0), to: at(9), now: NOW },
    ...{ ages: { coarse: 90 * 86_400 }, server: { version: "1", authority: "sha256:0" } },
  };
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("the versions in force, with author, approval, digest and the segment's rules", () => {
  const { policies } = collectEvidence(task);
  expect(policies).toMatchObject([
    {
      ...{ version: 1, from: at(1), to: at(9), author: "anna", activatedBy: "bob", digestHolds: true },
      approvals: [{ by: "bob", at: at(0.5), note: "read" }],
      segment: { kind: "select", is: "scope=pci", mode: "enforce", place: "p.yaml:3" },
      rules: [{ name: "shop", action: "allow", services: ["tcp/5432"], from: ["web"], to: ["pci"] }],
    },
  ]);
});

test("members over time, and what their kernels were known to hold", () => {
  const [db, ...more] = collectEvidence(task).members;
  expect(more).toEqual([]);
  expect(db).toMatchObject({ host: "db-1", managed: true, periods: [{ from: at(2), to: at(9) }] });
  expect(
    db?.reports.map(({ at: moment, connected, kernel }) => [(moment - START) / HOUR, connected, kernel]),
  ).toEqual([
    [2.5, true, null],
    [2.5, true, "holds"],
    [4, true, "changed"],
    [5, true, "holds"],
    [6, false, null],
    [7.5, true, null],
    [7.5, true, "holds"],
  ]);
  expect([db?.heldMilliseconds, db?.memberMilliseconds]).toEqual([4 * HOUR, 7 * HOUR]);
});

test("flows in that time alone, by peer, service, verdict and rule; not those from before it was a member", () => {
  const { flows } = collectEvidence(task);
  expect(
    flows.map(({ direction, peer, service, verdict, rule, connections }) => [
      ...[direction, peer, service, verdict, rule, connections],
    ]),
  ).toEqual([
    ["in", "web", "tcp/5432", "allow", "orders (shop.yaml:12)", 5],
    ["in", "web", "tcp/23", "would-deny", null, 1],
    ["in", "outside", "tcp/22", "deny", null, 1],
  ]);
});

test("the gaps are said: the server away, the host away, never reported, records lost", () => {
  const { gaps, audit } = collectEvidence(task);
  expect(audit).toMatchObject({ whole: true, fault: null });
  const hours = gaps.map(({ what, about, from, to }) => [
    what,
    about,
    (from - START) / HOUR,
    (to - START) / HOUR,
  ]);
  expect(hours.filter(([what]) => what !== "records-lost")).toEqual([
    ["server-away", "server", 6, 7],
    ["host-unreported", "db-1", 2, 2.5],
    ["host-away", "db-1", 6, 7.5],
  ]);
  expect(gaps.find(({ what }) => what === "records-lost")?.words).toContain("7 records of flows were lost");
  const old = collectEvidence({ ...task, ages: { coarse: 10 * 3_600 }, from: at(0) - HOUR });
  expect(old.gaps.map(({ what }) => what)).toContain("retention");
  expect(old.gaps.find(({ what }) => what === "server-away")).toMatchObject({
    from: at(0) - HOUR,
    to: at(0),
  });
});

test("who did what and what alarmed: of members, not of other hosts", () => {
  const { actions, alarms } = collectEvidence(task);
  expect(alarms.map(({ kind, about }) => [kind, about])).toEqual([["tampering", "db-1"]]);
  expect(actions.map(({ kind, who }) => `${who}: ${kind}`)).toEqual([
    ...["server: server-started", "token t: host-joined", "anna: policy-pushed", "bob: policy-approved"],
    ...["bob: policy-provisioned", "anna: host-labelled", "server: server-started"],
  ]);
});

test("a segment that there was not is refused", () => {
  expect(() => collectEvidence({ ...task, segment: "pic" })).toThrow("has a segment 'pic'");
});

interface Told {
  readonly code: number;
  readonly stdout: string;
}
const bulkhead = (...words: readonly string[]) =>
  new Promise<Told>((resolve) => {
    execFile(BULKHEAD, words, { maxBuffer: 2 ** 26 }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    );
  });

test("from the server: a file that is checked later, a page in which hostile names are text, and an altered log said loudly", async () => {
  const server = await LoneServer.start(directory);
  const [json, page] = [join(directory, "e.json"), join(directory, "e.html")];
  const from = new Date(at(0)).toISOString();
  const asked = ["evidence", "--segment", "pci", "--from", from, "--data-dir", directory];
  expect((await bulkhead(...asked, "--out", json)).code).toBe(0);
  expect((await bulkhead(...asked, "--out", json)).code).toBe(2);
  const evidence = JSON.parse(readFileSync(json, "utf8")) as Evidence;
  expect(evidence.members[0]?.host).toBe("db-1");
  // Of the one before, nothing is known since the beginning of this server but that it was away.
  expect(evidence.gaps.filter(({ what }) => what === "server-away").length).toBeGreaterThanOrEqual(1);
  expect((await bulkhead("evidence", "--check", json)).code).toBe(0);
  writeFileSync(json, readFileSync(json, "utf8").replace('"connections": 5', '"connections": 4'));
  expect(await bulkhead("evidence", "--check", json)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("ALTERED"),
  });
  expect((await bulkhead(...asked, "--format", "html", "--out", page)).code).toBe(0);
  const text = readFileSync(page, "utf8");
  expect(text).toContain("&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
  expect(text).not.toMatch(/<script|<img|<link|https?:|\bon[a-z]+=/i);
  await server.end();
  const database = openDatabase(mainDatabase(task.path));
  database.prepare("UPDATE event SET who = 'eve' WHERE kind = 'policy-provisioned'").run();
  database.close();
  const altered = collectEvidence(task);
  expect(altered.audit).toMatchObject({ whole: false, fault: { number: 5 } });
  expect(altered.gaps[0]).toMatchObject({ what: "altered" });
});
