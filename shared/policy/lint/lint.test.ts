import { expect, test } from "vitest";
import { problemsOf } from "../fixtures/texts.ts";

const NOW = Date.UTC(2026, 10, 23);

/** Two hosts in production, one in development, and segments of every kind. */
const ESTATE = `
segments:
  web: { select: role=web }
  db: { select: role=db }
  one: { select: host=web-1 }
  v6: { select: role=v6 }
  office: { addresses: [198.51.100.0/24] }
  lab: { addresses: ["2001:db8::/32"] }
  inside: { addresses: [10.0.0.0/24] }
  api: { names: [x.example] }
  none: { select: role=none }
hosts:
  web-1: { addresses: [10.0.0.11], labels: { role: web, env: prod, rack: a } }
  db-1: { addresses: [10.0.0.21, "fd00::21"], labels: { role: db, env: prod, empty: "" } }
  db-2: { addresses: [10.0.0.22], labels: { role: db, env: dev } }
  six-1: { addresses: ["fd00::61"], labels: { role: v6 } }
`;

/** What is said of rules, without what is always said of the estate, and without places. */
function saidOf(...rules: readonly string[]): string[] {
  const text = `${ESTATE}rules:\n${rules.map((rule) => `  - { name: r${rules.indexOf(rule) + 1}, ${rule} }\n`).join("")}`;
  return problemsOf(text, { now: NOW })
    .filter((line) => !line.includes("the segment 'none'"))
    .map((line) => line.replace(/^\S+ (.*?) \[policy\/(.*?)\].*$/s, "$2: $1").replace("warning: ", ""));
}

test("a segment that selects no host of the policy is a warning at its place", () => {
  expect(problemsOf(ESTATE)).toEqual([
    "p.yaml:11:3: warning: the segment 'none' selects no host of the policy [policy/empty-segment]",
  ]);
});

test("without hosts nothing is said of segments and ends", () => {
  const text =
    "segments: { web: { select: a }, db: { select: b } }\nrules: [{ allow: all, from: web, to: db, same: [x] }]\n";
  expect(problemsOf(text)).toEqual([]);
});

test("a host in no segment is a warning, as nothing is enforced on it", () => {
  const text =
    "segments: { web: { select: role=web } }\nhosts:\n  a: { addresses: [10.0.0.1], labels: { role: web } }\n  b: { addresses: [10.0.0.2], labels: { role: wbe } }\n";
  expect(problemsOf(text)).toEqual([
    "p.yaml:4:3: warning: the host 'b' is in no segment, so its mode is off [policy/host-without-segment]",
  ]);
});

test.each([
  ["0.0.0.0", "no address of a host"],
  ["127.0.0.1", "loopback, which is never judged"],
  ["239.1.2.3", "a multicast group"],
  ["255.255.255.255", "the broadcast address"],
  ["::", "no address of a host"],
  ["::1", "loopback, which is never judged"],
  ["ff02::1", "a multicast group"],
])("a host with the address %s is a warning", (address, what) => {
  const text = `segments: { all: { select: host } }\nhosts: { a: { addresses: ["${address}"] } }\n`;
  expect(problemsOf(text)).toEqual([
    `p.yaml:2:10: warning: the host 'a' has the address ${address}, which is ${what} [policy/unusual-host-address]`,
  ]);
});

test("a rule has expired from its moment on, and only where the time is known", () => {
  const rule =
    "rules:\n  - { name: r, allow: all, from: any, to: any, expires: 2026-11-23T01:00:00+01:00 }\n";
  expect(problemsOf(rule, { now: NOW })).toEqual([
    "p.yaml:2:5: warning: the rule 'r' expired at 2026-11-23T00:00:00.000Z [policy/expired-rule]",
  ]);
  expect(problemsOf(rule, { now: NOW - 1 })).toEqual([]);
  expect(problemsOf(rule)).toEqual([]);
});

test.each([
  ["allow: all, from: none, to: web", "no host is in 'none'"],
  ["deny: all, from: web, to: [none, none]", "no host is in 'none', 'none'"],
  ["allow: all, from: office, to: v6", "its ends have addresses of different families"],
  ["allow: all, from: 10.0.0.0/8, to: lab", "its ends have addresses of different families"],
  ["allow: icmpv6, from: office, to: web", "its ends have IPv4 in common only, and icmpv6 belongs to IPv6"],
  ["allow: icmp, from: lab, to: any-host", "its ends have IPv6 in common only, and icmp belongs to IPv4"],
  ["allow: all, from: office, to: 203.0.113.5", "no managed host is at either of its ends"],
  ["allow: all, from: office, to: api", "no managed host is at either of its ends"],
  ["allow: all, from: web, to: db, same: [rack]", "no host of 'web' has the same 'rack' as another of 'db'"],
  [
    "allow: all, from: web, to: db, same: [env, rack]",
    "no host of 'web' has the same 'env' and 'rack' as another of 'db'",
  ],
  ["allow: all, from: web, to: web, same: [env]", "no host of 'web' has the same 'env' as another of 'web'"],
  [
    "allow: all, from: any-host, to: any-host, same: [host]",
    "no host of 'any-host' has the same 'host' as another of 'any-host'",
  ],
  [
    "allow: all, from: any-host, to: any-host, same: [empty]",
    "no host of 'any-host' has the same 'empty' as another of 'any-host'",
  ],
  [
    "allow: all, from: web, to: one",
    "both of its ends are the host 'web-1' alone, and a host's traffic to itself is never judged",
  ],
])("a rule with %s can never match", (rule, why) => {
  expect(saidOf(rule)).toEqual([`rule-never-matches: the rule 'r1' can never match: ${why}`]);
});

test.each([
  "allow: all, from: [none, web], to: db",
  "allow: all, from: any, to: any",
  "allow: all, from: office, to: any",
  "allow: all, from: office, to: inside",
  "allow: all, from: 10.0.0.11, to: 203.0.113.5",
  "allow: all, from: api, to: web",
  "allow: all, from: lab, to: db",
  "allow: icmp, from: web, to: db",
  "allow: [icmp, icmpv6], from: office, to: web",
  "allow: all, from: web, to: db, same: [env]",
  "allow: all, from: db, to: db",
  "allow: all, from: web, to: [one, office]",
  "allow: proto/47, from: any-host, to: v6",
])("nothing is said of a rule with %s", (rule) => {
  expect(saidOf(rule)).toEqual([]);
});

test.each([
  ["the same ends", "deny: all, from: web, to: db", "allow: tcp/1, from: web, to: db"],
  ["wider services", "deny: tcp/1-10, from: web, to: db", "allow: [tcp/2, tcp/5-6], from: web, to: db"],
  ["any", "deny: all, from: any, to: any", "allow: tcp/1, from: [web, office], to: 10.0.0.21"],
  ["any-host", "deny: all, from: any-host, to: db", "allow: all, from: [web, any-host], to: db"],
  [
    "a wider block",
    "deny: all, from: 198.51.0.0/16, to: any",
    "allow: all, from: [198.51.100.5, office], to: web",
  ],
  ["a segment of addresses", "deny: all, from: office, to: web", "allow: all, from: 198.51.100.5, to: web"],
  [
    "ends that are wider than a narrowed one",
    "deny: all, from: web, to: db",
    "allow: all, from: { segment: web, unit: a.service }, to: db",
  ],
  [
    "a later end",
    "deny: all, from: web, to: db, expires: 2028-01-01T00:00:00Z",
    "allow: all, from: web, to: db, expires: 2027-01-01T00:00:00Z",
  ],
])("an allow rule that a deny rule covers with %s is a warning", (_by, deny, allow) => {
  expect(saidOf(deny, allow)).toEqual(["shadowed-rule: the rule 'r2' allows only what 'r1' denies"]);
});

test.each([
  ["fewer services", "deny: tcp/1, from: web, to: db", "allow: tcp/1-2, from: web, to: db"],
  ["one of its ends only", "deny: all, from: web, to: db", "allow: all, from: [web, office], to: db"],
  ["the other direction", "deny: all, from: db, to: web", "allow: all, from: web, to: db"],
  [
    "a unit only",
    "deny: all, from: { segment: web, unit: a.service }, to: db",
    "allow: all, from: web, to: db",
  ],
  ["one environment only", "deny: all, from: web, to: db, same: [env]", "allow: all, from: web, to: db"],
  [
    "an end in time",
    "deny: all, from: web, to: db, expires: 2027-01-01T00:00:00Z",
    "allow: all, from: web, to: db",
  ],
  ["a narrower block", "deny: all, from: 198.51.100.0/25, to: web", "allow: all, from: office, to: web"],
  [
    "hosts, where addresses are allowed",
    "deny: all, from: any-host, to: db",
    "allow: all, from: 10.0.0.11, to: db",
  ],
])("nothing is said of an allow rule that a deny rule meets with %s", (_by, deny, allow) => {
  expect(saidOf(deny, allow)).toEqual([]);
});

test("a deny rule that covers another deny rule is no matter", () => {
  expect(saidOf("deny: all, from: web, to: db", "deny: tcp/1, from: web, to: db")).toEqual([]);
});

test("an expired rule shadows nothing", () => {
  const expired = "deny: all, from: web, to: db, expires: 2020-01-01T00:00:00Z";
  const allow = "allow: all, from: web, to: db, expires: 2019-01-01T00:00:00Z";
  expect(saidOf(expired, allow).map((line) => line.split(":", 1)[0])).toEqual([
    "expired-rule",
    "expired-rule",
  ]);
});

test("a name that a host and a segment share is ambiguous in a test", () => {
  const text =
    "segments: { web: { select: a } }\nhosts: { web: { addresses: [10.0.0.1], labels: { a: b } } }\ntests: [{ from: web, to: 10.0.0.1, allow: all }]\n";
  expect(problemsOf(text)).toEqual([
    "p.yaml:3:17: warning: 'web' is a host and a segment; here it means the host [policy/ambiguous-test-end]",
  ]);
});

test("an invalid policy has no warnings beside its errors", () => {
  expect(problemsOf(`${ESTATE}mode: on\n`)).toHaveLength(1);
});
