import { expect, test } from "vitest";
import type { Habitual } from "./gathering.ts";
import { lintBreadth, lintEstate } from "./lint-policy.ts";
import { DAY, HOSTS, NOW, read, SEGMENTS, seen } from "./testing/estates.ts";

const START = { start: NOW - 30 * DAY };

function broad(rule: string, flows: readonly Habitual[]) {
  const resolved = read(`${SEGMENTS}rules:\n  - { name: wide, ${rule} }\n${HOSTS}`);
  const seenFlows = { flows: flows.map(({ flow }) => flow), until: NOW, progress: () => {} };
  return lintBreadth(resolved, seenFlows).map(({ message, hint }) => `${message}; ${hint}`);
}

const fromWeb = ["web-1", "web-2", "web-3"].map((web) => seen(`${web} db-1 5432`, START));

test("a rule for everybody is told with the segments that were seen, and one for everything with the services", () => {
  expect(broad("allow: tcp/5432, from: any, to: db", fromWeb)).toEqual([
    "the rule 'wide' allows from any, and from web alone it was seen (30 connections of 3 flows since 2026-10-31); narrower: - { name: wide, allow: tcp/5432, from: web, to: db }",
  ]);
  expect(broad("allow: all, from: web, to: db", fromWeb)).toEqual([
    "the rule 'wide' allows all, and tcp/5432 alone was seen (30 connections of 3 flows since 2026-10-31); narrower: - { name: wide, allow: tcp/5432, from: web, to: db }",
  ]);
});

test("of a block those addresses are named that were seen", () => {
  const flows = ["192.0.2.7", "192.0.2.9"].map((from) => seen(`${from} db-1 22`, START));
  expect(broad("allow: tcp/22, from: [192.0.2.0/24, web], to: db", flows)[0]).toContain(
    "from: [192.0.2.7, 192.0.2.9, web]",
  );
});

test("nothing is said of what was used too little or not long enough, by too many, or is narrow already", () => {
  const rule = "allow: tcp/5432, from: any, to: db";
  expect(broad(rule, fromWeb.slice(0, 1))).toEqual([]);
  expect(
    broad(
      rule,
      ["web-1", "web-2", "web-3"].map((web) => seen(`${web} db-1 5432`)),
    ),
  ).toEqual([]);
  const strangers = Array.from({ length: 70 }, (_, at) => seen(`198.${at}.0.7 db-1 5432`, START));
  expect(broad(rule, strangers)).toEqual([]);
  expect(broad("allow: tcp/5432, from: web, to: db", fromWeb)).toEqual([]);
});

test("a segment that only observes is told with the rules that lead to it", () => {
  const text = `mode: observe\n${SEGMENTS}rules: [{ name: orders, allow: postgres, from: api, to: db }]\n${HOSTS}`;
  expect(lintEstate(read(text)).map(({ code, message }) => `${code} ${message}`)).toEqual([
    "policy/observed-segment 1 rule leads to 'db', whose 2 hosts only observe what comes in",
  ]);
});
