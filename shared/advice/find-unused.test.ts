import { expect, test } from "vitest";
import { findUnused } from "./find-unused.ts";
import type { Habitual } from "./gathering.ts";
import { DAY, HOSTS, NOW, read, SEGMENTS, seen } from "./testing/estates.ts";
import type { Known, Watcher } from "./unused.ts";

const SINCE = NOW - 30 * DAY;
const RULES = `rules:
  - { name: orders, allow: postgres, from: api, to: db }
  - { name: front, allow: web, from: office, to: web }
  - { name: admins, allow: tcp/22, from: office, to: db }
  - { name: shut, deny: tcp/23, from: any, to: db }
  - { allow: tcp/9100, from: monitoring, to: any-host }
`;

function watchers(some: Partial<Record<string, Partial<Watcher>>> = {}): readonly Watcher[] {
  return [...read(HOSTS).hosts.keys()].map((host) => ({
    ...{ host, since: SINCE - DAY, gap: undefined },
    ...some[host],
  }));
}

function unused(
  flows: readonly Habitual[],
  some: {
    readonly watchers?: readonly Watcher[];
    readonly ruleSince?: number;
    readonly policy?: string;
  } = {},
) {
  return findUnused(
    flows.map(({ flow }) => flow),
    {
      resolved: read(`${SEGMENTS}${some.policy ?? RULES}${HOSTS}`),
      watchers: some.watchers ?? watchers(),
      ruleSince: () => some.ruleSince ?? 0,
      ...{ since: SINCE, until: NOW, progress: () => {} },
    },
  );
}

/** Something that was seen all the time, so that there is a record. */
const OLD = seen("web-1 web-2 7", { start: SINCE - 1 });
const ORDER = seen("api-1 db-1 5432");

const known = (list: readonly { readonly name: string; readonly known: Known }[], name: string) =>
  list.find((one) => one.name === name)?.known;

test("a rule that let something through, by what the policy says of it now, is used; others are unused since the time that was asked for", () => {
  const { rules, used } = unused([OLD, ORDER]);
  expect(used).toEqual({ rules: 1, ofRules: 5 });
  expect(rules.map(({ name }) => name)).toEqual(["front", "admins", "shut", "p.yaml:17"]);
  expect(known(rules, "front")).toEqual({ kind: "unused", since: SINCE, why: "the record begins there" });
});

test("a rule is known by the name that hosts reported, wherever it stands now; a rule without a name is not, as another may stand in its place", () => {
  const rule = (name: string) => ({
    egress: { host: "mon-1", verdict: "allow" as const, rule: { name, file: "p.yaml", line: 1 } },
  });
  const gone = seen("mon-1 203.0.113.9 22", rule("admins"));
  const placed = seen("mon-1 203.0.113.9 22", rule("p.yaml:17"));
  const { rules } = unused([OLD, gone, placed]);
  expect(rules.map(({ name }) => name)).toEqual(["orders", "front", "shut", "p.yaml:17"]);
});

test("a deny rule is used by what it denied", () => {
  const { rules } = unused([OLD, seen("203.0.113.9 db-1 23", { verdict: "deny" })]);
  expect(known(rules, "shut")).toBeUndefined();
});

test("nothing is called unused beyond the record, the rule's own age, or the hosts that would have seen it", () => {
  const late = seen("web-1 web-2 7", { start: NOW - 3 * DAY });
  expect(known(unused([late]).rules, "front")).toMatchObject({ since: NOW - 3 * DAY });
  expect(known(unused([OLD], { ruleSince: NOW - DAY }).rules, "front")).toEqual({
    ...{ kind: "unused", since: NOW - DAY, why: "the rule is there since then" },
  });
  const joined = watchers({ "web-2": { since: NOW - 2 * DAY } });
  expect(known(unused([OLD], { watchers: joined }).rules, "front")).toMatchObject({ since: NOW - 2 * DAY });
  expect(known(unused([]).rules, "front")).toMatchObject({ since: NOW });
});

test("where a host that alone would have seen it was silent or lost records, it is not known; where the other end saw all, it is", () => {
  const lost = "records of db-1 were lost";
  const { rules } = unused([OLD], { watchers: watchers({ "db-1": { gap: lost } }) });
  expect(known(rules, "admins")).toEqual({ kind: "not-known", why: lost });
  // The api's hosts would have seen it leave.
  expect(known(rules, "orders")).toMatchObject({ kind: "unused" });
  const some = watchers().filter(({ host }) => host !== "db-1");
  expect(known(unused([OLD], { watchers: some }).rules, "admins")).toMatchObject({ kind: "not-known" });
});

test("of a segment that is used, hosts and blocks that had no part in it are told; one that nothing used is told as a whole", () => {
  const segments = SEGMENTS.replace("198.51.100.0/24", "198.51.100.0/24, 203.0.113.0/24");
  const { members, segments: whole } = findUnused(
    [OLD, ORDER, seen("198.51.100.7 web-1 443")].map(({ flow }) => flow),
    {
      resolved: read(`${segments}${RULES}${HOSTS}`),
      ...{ watchers: watchers(), ruleSince: () => 0, since: SINCE, until: NOW, progress: () => {} },
    },
  );
  expect(members.map(({ segment, member }) => `${segment} ${member}`)).toEqual([
    ...["web web-2", "web web-3", "api api-2", "api api-9", "db db-9", "office 203.0.113.0/24"],
  ]);
  expect(whole.map(({ name, known: { kind } }) => `${name} ${kind}`)).toEqual([
    "monitoring unused",
    "prod not-named",
  ]);
});

test("a service is told with those of its parts that nothing used", () => {
  const { services } = unused([OLD, ORDER]);
  expect(services.map(({ name, parts }) => [name, parts])).toEqual([
    ["postgres", ["tcp/6432"]],
    ["web", []],
  ]);
});

test("a rule that has expired is no matter", () => {
  const policy = `rules:\n  - { name: old, allow: tcp/1, from: web, to: db, expires: 2026-01-01T00:00:00Z }\n`;
  expect(unused([OLD], { policy }).rules).toEqual([]);
});
