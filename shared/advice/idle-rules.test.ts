import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareReach } from "../rules/reach.ts";
import { coveredRules } from "./covered-rules.ts";
import { idleRules } from "./idle-rules.ts";
import { HOSTS, NOW, read, SEGMENTS } from "./testing/estates.ts";

function policyOf(rules: readonly string[], hosts = HOSTS) {
  const lines = rules.map((rule, at) => `  - { name: r${at + 1}, ${rule} }\n`).join("");
  return read(`${SEGMENTS}${rules.length === 0 ? "" : `rules:\n${lines}`}${hosts}`);
}

const idle = (...rules: readonly string[]) =>
  idleRules(policyOf(rules)).map(({ name, why, by }) => [name, why, ...by].join(" "));
const covered = (...rules: readonly string[]) =>
  coveredRules(policyOf(rules, "").policy, NOW).map(({ name, by }) => [name, ...by].join(" "));

describe("on the hosts that there are", () => {
  test("a rule that several others say together is redundant, one that they say in part is not", () => {
    const halves = ["allow: tcp/1-50, from: web, to: db", "allow: tcp/51-99, from: [web, api], to: db"];
    expect(idle(...halves, "allow: tcp/1-99, from: web, to: db")).toEqual(["r3 redundant r1 r2"]);
    expect(idle(...halves, "allow: tcp/1-100, from: web, to: db")).toEqual(["r1 redundant r3"]);
    expect(idle(...halves, "allow: tcp/1-99, from: any, to: db")).toEqual([
      "r1 redundant r3",
      "r2 redundant r3",
    ]);
  });

  test("of two that say the same the later one is told, whatever their names for the ends are", () => {
    expect(idle("allow: tcp/1, from: web, to: db", "allow: tcp/1, from: web, to: db")).toEqual([
      "r2 redundant r1",
    ]);
    const byAddress = "allow: tcp/1, from: [10.0.0.11, 10.0.0.12, 10.0.0.13], to: db";
    expect(idle("allow: tcp/1, from: web, to: db", byAddress)).toEqual(["r2 redundant r1"]);
  });

  test("an allow rule that deny rules cover together is shadowed", () => {
    const denies = ["deny: tcp/1-9, from: web, to: db", "deny: tcp/5-20, from: any, to: db"];
    expect(idle(...denies, "allow: tcp/2-12, from: web, to: db")).toEqual(["r3 shadowed r1 r2"]);
    expect(idle(...denies, "allow: tcp/2-12, from: any, to: db")).toEqual([]);
  });

  test("what is for a unit, an account or equal labels says less than what is for all, and not the other way round", () => {
    const narrow = "allow: tcp/1, from: { segment: web, unit: a.service, user: shop }, to: db";
    expect(idle("allow: tcp/1, from: web, to: db", narrow)).toEqual(["r2 redundant r1"]);
    expect(idle("allow: tcp/1, from: { segment: web, unit: b.service }, to: db", narrow)).toEqual([]);
    expect(idle("allow: tcp/1, from: api, to: db", "allow: tcp/1, from: api, to: db, same: [env]")).toEqual([
      "r2 redundant r1",
    ]);
    expect(
      idle("deny: tcp/1, from: { segment: web, unit: b.service }, to: db", "allow: tcp/1, from: web, to: db"),
    ).toEqual([]);
  });

  test("a rule that holds between no two hosts matches nothing, and one that has expired is no matter", () => {
    expect(idle("allow: tcp/1, from: monitoring, to: monitoring")).toEqual(["r1 never-matches"]);
    expect(
      idle(
        "allow: tcp/1, from: web, to: db, expires: 2026-01-01T00:00:00Z",
        "allow: tcp/1, from: web, to: db",
      ),
    ).toEqual([]);
  });
});

const ends = fc.constantFrom(
  "web",
  "api",
  "db",
  "any",
  "any-host",
  "office",
  "10.0.0.11",
  "10.0.0.0/24",
  "198.51.100.7",
);
const rule = fc
  .record({
    action: fc.constantFrom("allow", "allow", "deny"),
    service: fc.constantFrom("tcp/1", "tcp/1-9", "tcp/5-20", "all", "udp/53"),
    from: ends,
    to: ends,
  })
  .map(({ action, service, from, to }) => `${action}: ${service}, from: ${from}, to: ${to}`);

test("whatever the rules: without all that are idle everything can be reached as before, and what is so for any hosts is so for these", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 8 }), (rules) => {
      const told = idleRules(policyOf(rules)).map(({ name }) => name);
      const rest = rules.map((text, at) => (told.includes(`r${at + 1}`) ? undefined : text));
      const without = policyOf(rest.filter((text) => text !== undefined));
      expect(compareReach(policyOf(rules), without)).toEqual({ gained: [], lost: [] });
      const certain = coveredRules(policyOf(rules, "").policy, NOW).map(({ name }) => name);
      const noCertain = policyOf(rules.filter((_, at) => !certain.includes(`r${at + 1}`)));
      expect(compareReach(policyOf(rules), noCertain)).toEqual({ gained: [], lost: [] });
    }),
    { numRuns: 60 },
  );
});

test("without hosts a rule is covered by those whose ends hold its own, whoever is in them", () => {
  const all = "allow: tcp/1-9, from: any, to: db";
  expect(covered(all, "allow: tcp/2, from: web, to: db")).toEqual(["r2 r1"]);
  expect(
    covered("allow: tcp/2, from: 198.51.100.0/25, to: db", "allow: tcp/1-9, from: office, to: db"),
  ).toEqual(["r1 r2"]);
  expect(covered(all, "allow: tcp/2-10, from: web, to: db")).toEqual([]);
  expect(covered("allow: tcp/1, from: web, to: db", "allow: tcp/1, from: api, to: db")).toEqual([]);
  expect(covered("allow: tcp/1, from: web, to: db, same: [env]", "allow: tcp/1, from: web, to: db")).toEqual([
    "r1 r2",
  ]);
});
