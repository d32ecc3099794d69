/** What alarms, when it is over, and what stays of it over a restart, by the server's own parts and a clock that the test sets. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ALERT_KINDS } from "@bulkhead/server/alerts/alert-kinds.ts";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SHOP, SHOP_POLICY } from "./ordinary-day.ts";
import { AlertStand, DAY, HOUR, MINUTE, record } from "./stand.ts";

const NAMES = SHOP.map(({ name }) => name);
const here = { stand: undefined as unknown as AlertStand };
beforeEach(() => {
  here.stand = new AlertStand();
  here.stand.join(SHOP);
  here.stand.provision(SHOP_POLICY);
  here.stand.well(NAMES);
});
afterEach(() => here.stand[Symbol.dispose]());

/** Minutes in which all hosts but these are well. */
function minutes(count: number, ...but: readonly string[]): void {
  for (let minute = 0; minute < count; minute++) {
    here.stand.well(NAMES.filter((name) => !but.includes(name)));
    here.stand.pass(MINUTE, MINUTE / 3);
  }
}

const kinds = (all = here.stand.alerts.open()) => all.map(({ kind, about }) => `${kind} ${about}`);
const told = () =>
  here.stand.published
    .map(({ kind, about }) => `${kind} ${about}`)
    .filter((text) => text.startsWith("alert-"));
const from = (name: string, more: Partial<Parameters<typeof record>[0]> = {}) =>
  record({
    direction: "egress",
    start: here.stand.clock.now,
    local: { address: SHOP.find((host) => host.name === name)?.address ?? "" },
    remote: { address: "10.0.0.30" },
    ...more,
  });
const DENIED = { verdict: "deny", rule: null } as const;

test("hosts that are well alarm nobody", () => {
  minutes(30);
  expect(kinds()).toEqual([]);
});

test("a host that is gone is told once, and its return as well", () => {
  here.stand.estate.disconnected("db-1", "a test");
  minutes(2, "db-1");
  expect(kinds()).toEqual([]);
  minutes(10, "db-1");
  expect(kinds()).toEqual(["host-silent db-1"]);
  here.stand.estate.connected("db-1");
  minutes(3);
  expect(kinds()).toEqual([]);
  expect(told()).toEqual(["alert-opened db-1", "alert-resolved db-1"]);
});

test("a host that is connected and says nothing is silent, too", () => {
  minutes(5, "db-1");
  expect(kinds()).toEqual(["host-silent db-1"]);
});

test("a host that does something else than it should is told with its reason; one on its way is not", () => {
  here.stand.well(["db-1"], { digest: "aa" });
  here.stand.pass(MINUTE);
  minutes(1);
  expect(kinds()).toEqual([]);
  for (let minute = 0; minute < 4; minute++) {
    here.stand.well(["db-1"], { enforcement: "fell-back", why: "the server was not reached" });
    minutes(1, "db-1");
  }
  expect(here.stand.one("host-out-of-sync").words).toBe(
    "db-1 does not enforce what it should: the server was not reached",
  );
});

test("a host that refuses an older policy alarms at once (row 34)", () => {
  here.stand.well(["db-1"], {
    notes: [{ code: "link/policy-refused", message: "version 1 has other content", remedy: "" }],
  });
  here.stand.pass(10_000);
  expect(here.stand.one("policy-refused")).toMatchObject({ about: "db-1", severity: "critical" });
  minutes(5);
  expect(kinds()).toEqual([]);
});

test("tampering is one alert however often it happens, and is over a day after the last time", () => {
  for (const tamperings of [1, 2, 7])
    here.stand.well(["web-1"], { tamperings, lastTampering: "nft flushed the table" });
  expect(here.stand.one("tampering")).toMatchObject({ about: "web-1", count: 3, severity: "critical" });
  expect(here.stand.one("tampering").words).toContain("nft flushed the table");
  here.stand.pass(DAY - MINUTE, 30 * MINUTE);
  expect(kinds()).toContain("tampering web-1");
  here.stand.pass(2 * MINUTE);
  expect(kinds()).not.toContain("tampering web-1");
});

test("an address that a host claims and does not get is told until it claims it no more", () => {
  here.stand.estate.addresses("web-1", ["10.0.0.10", "10.0.0.30"]);
  minutes(1);
  expect(here.stand.one("address-conflict").words).toBe(
    "web-1 claims what it does not get (10.0.0.30: db-1 has it)",
  );
  minutes(5);
  here.stand.estate.addresses("web-1", ["10.0.0.10"]);
  minutes(3);
  expect(kinds()).toEqual([]);
});

test("a certificate that is not renewed in time is told before it ends", () => {
  const end = here.stand.clock.now + 2 * DAY;
  const certificate = { serial: "ab", host: "id-web-1", publicKey: "cd", notAfter: end, generation: 1 };
  here.stand.hosts.addCertificate(certificate);
  minutes(1);
  expect(kinds()).toEqual([]);
  here.stand.clock.now += DAY;
  minutes(1);
  expect(kinds()).toEqual(["certificate-ending web-1"]);
  here.stand.hosts.addCertificate({ ...certificate, serial: "ef", notAfter: end + 7 * DAY });
  minutes(15);
  expect(kinds()).toEqual([]);
});

test("lost records, and records that no host may report, are told with their host and number", () => {
  const { now } = here.stand.clock;
  here.stand.report("web-1", [], [{ what: "spool-full", start: now, end: now, count: 7 }]);
  here.stand.report("web-2", [{ ...from("web-2"), local: { address: "10.0.0.99" } }]);
  expect(here.stand.one("records-lost").words).toBe("web-1 lost records (spool-full: 7)");
  expect(here.stand.one("records-refused").words).toContain("web-2 reported what it may not: 1 records");
});

test("segments and services that were never seen are told after a week of learning, and not twice", () => {
  const day = (...more: readonly ReturnType<typeof from>[]) => {
    here.stand.report("web-1", [
      from("web-1", {
        remote: { address: "10.0.0.20" },
        local: { address: "10.0.0.10", unit: "nginx.service" },
      }),
      ...more,
    ]);
    for (const name of NAMES) here.stand.report(name, []);
    here.stand.clock.now += DAY;
  };
  const odd = () => [
    from("web-1", { local: { address: "10.0.0.10", unit: "miner-1234.service" } }),
    from("web-1", { remote: { address: "10.0.0.31" } }),
  ];
  day();
  expect(kinds()).toEqual([]);
  for (let days = 1; days < 9; days++) day();
  expect(kinds()).toEqual([]);
  day(...odd());
  expect(kinds()).toEqual(["new-pair web > db", "new-unit web miner-*.service"]);
  here.stand.restart({ kill: true });
  here.stand.pass(10 * MINUTE);
  day(...odd());
  expect(here.stand.alerts.latest(100).filter(({ kind }) => kind.startsWith("new-"))).toHaveLength(2);
});

test("what a rule allows that was provisioned today is not new", () => {
  for (const name of NAMES) here.stand.report(name, []);
  here.stand.clock.now += 9 * DAY;
  here.stand.provision(`${SHOP_POLICY}  - { name: reports, allow: tcp/5432, from: web, to: db }\n`);
  here.stand.report("web-1", [from("web-1", { service: 5432 })]);
  expect(kinds()).toEqual([]);
  // Control: without a rule it is.
  here.stand.report("web-1", [
    from("web-1", { remote: { address: "10.0.0.42" }, verdict: "would-deny", rule: null }),
  ]);
  expect(kinds()).toEqual(["new-pair web > bastion"]);
});

test("who scans from outside is one alert for each host that is scanned, whoever it was", () => {
  for (const source of ["198.51.100.1", "198.51.100.2", "198.51.100.3"])
    here.stand.report(
      "web-1",
      Array.from({ length: 30 }, (_, at) =>
        from("web-1", { ...DENIED, direction: "ingress", remote: { address: source }, service: at }),
      ),
    );
  expect(here.stand.one("scanned-from-outside")).toMatchObject({
    about: "web-1",
    severity: "notice",
    count: 45,
  });
});

test("what tries again and again, and answers that come too late, are no scan and no fan-out", () => {
  for (let minute = 0; minute < 60; minute++) {
    here.stand.report("web-1", [
      ...[6379, 6380].map((service) => from("web-1", { ...DENIED, service, connections: 50 })),
      ...[1, 2, 3, 4, 5].map((at) =>
        from("web-1", { ...DENIED, direction: "ingress", protocol: 17, service: 40_000 + minute * 5 + at }),
      ),
    ]);
    minutes(1);
  }
  expect(kinds()).toEqual([]);
});

test("a storm is told in twenty alerts and one about all the others, and ends", () => {
  const many = Array.from({ length: 500 }, (_, at) => `10.1.${at >> 8}.${at & 255}`);
  for (const source of many)
    here.stand.report(
      "web-1",
      Array.from({ length: 20 }, (_, at) =>
        from("web-1", { ...DENIED, direction: "ingress", remote: { address: source }, service: at }),
      ),
    );
  expect(kinds().filter((kind) => kind.startsWith("port-scan"))).toHaveLength(20);
  expect(here.stand.one("alert-storm")).toMatchObject({ about: "port-scan", count: 480 });
  expect(here.stand.one("alert-storm").words).toMatch(/^480 more: a machine within tries many services/);
  // Twenty, one, and no more were told of, and as many events written.
  expect(told()).toHaveLength(21);
  minutes(70);
  expect(kinds()).toEqual([]);
});

test("all hosts that are gone at once are no flood of alerts, and none is forgotten", () => {
  const crowd = Array.from({ length: 1_000 }, (_, at) => ({
    name: `many-${at}`,
    address: `10.2.${at >> 8}.${at & 255}`,
    labels: { role: "many" },
  }));
  here.stand.join(crowd);
  for (const { name } of crowd) here.stand.estate.disconnected(name, "a test");
  minutes(5);
  const silent = () => kinds().filter((kind) => kind.startsWith("host-silent many"));
  expect(silent().length).toBeLessThan(25);
  expect(here.stand.one("alert-storm").facts).toMatchObject({
    kind: "host-silent",
    subjects: 1_000 - silent().length,
  });
  for (const { name } of crowd) here.stand.estate.connected(name);
  for (let minute = 0; minute < 20; minute++) {
    here.stand.well(crowd.map(({ name }) => name));
    minutes(1);
  }
  expect(kinds()).toEqual([]);
});

test("an alert that is acknowledged stays open and silent; it, who has seen it and its count survive a restart", () => {
  for (const tamperings of [1, 2]) here.stand.well(["web-1"], { tamperings, lastTampering: "x" });
  const { id } = here.stand.one("tampering");
  here.stand.alerts.acknowledge(id, "anna", "our own doing");
  here.stand.restart();
  here.stand.well(["web-1"], { tamperings: 3, lastTampering: "x" });
  expect(here.stand.one("tampering")).toMatchObject({
    ...{ id, count: 3 },
    acknowledged: { by: "anna", note: "our own doing", at: here.stand.clock.now },
  });
  expect(told()).toEqual(["alert-opened web-1", "alert-acknowledged web-1"]);
  expect(() => here.stand.alerts.acknowledge(99, "anna", "")).toThrow(BulkheadError);
});

test("a server that was just started takes nothing for over because nobody has come back yet", () => {
  here.stand.estate.addresses("web-1", ["10.0.0.10", "10.0.0.30"]);
  minutes(1);
  here.stand.restart({ kill: true });
  minutes(4);
  expect(kinds()).toEqual(["address-conflict web-1"]);
});

test("a beacon that calls every hour is found over a restart in between", () => {
  const call = () =>
    here.stand.report("web-1", [from("web-1", { ...DENIED, remote: { address: "192.0.2.66" } })]);
  for (let hour = 0; hour < 16; hour++) {
    expect(kinds().filter((kind) => kind.startsWith("beacon"))).toEqual([]);
    call();
    here.stand.well(NAMES);
    here.stand.pass(HOUR, 5 * MINUTE);
    if (hour === 8) here.stand.restart({ kill: true });
  }
  expect(here.stand.one("beacon").words).toContain("calls 192.0.2.66 (tcp/443) every 60 minutes, denied");
});

test("what is found while the disk is full is known, and is kept and told once there is room", () => {
  const { database } = here.stand;
  database.exec("VACUUM");
  const pages = database.pragma("page_count", { simple: true });
  database.pragma(`max_page_count = ${pages}`);
  // Words of so many characters that no page has room for them.
  here.stand.alerts.happened({
    ...{ kind: "agent-refused", who: "server", about: "web-1" },
    facts: { why: "x".repeat(1_000), more: "x".repeat(10_000) },
  });
  expect(here.stand.one("certificate-refused").id).toBeLessThan(0);
  expect(told()).toEqual([]);
  database.pragma("max_page_count = 1000000");
  here.stand.pass(10_000);
  expect(here.stand.one("certificate-refused").id).toBeGreaterThan(0);
  expect(told()).toEqual(["alert-opened web-1"]);
});

test("docs/alerts.md tells of every kind, with its severity", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/alerts.md"), "utf8");
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (\w+) \|/gm)].map(([, kind, severity]) => [
    kind,
    severity,
  ]);
  const kinds = Object.entries(ALERT_KINDS).map(([kind, { severity }]) => [kind, severity]);
  expect(new Map(rows as [string, string][])).toEqual(new Map(kinds as [string, string][]));
});
