/** Weeks of what an estate did, taken in through the real door: what is suggested of it lets the ordinary through, and nothing else. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import type {
  LintLine,
  SuggestionLine,
  SuggestionView,
  UnusedLine,
  UnusedView,
} from "@bulkhead/server/api/advice-shapes.ts";
import type { FlowRecord } from "@bulkhead/shared/flow/record.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import { WIRE } from "@bulkhead/shared/protocol/limits.ts";
import { evaluate } from "@bulkhead/shared/rules/evaluate.ts";
import { AS_SAID } from "@bulkhead/shared/rules/judge.ts";
import { resolvePolicy } from "@bulkhead/shared/rules/resolve.ts";
import { buildInventory } from "@bulkhead/shared/segments/inventory.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LoneServer } from "./lone-server.ts";
import { Teller } from "./teller.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ROLES = { web: 3, api: 2, db: 1, monitoring: 1, backup: 1 } as const;
const STRANGER = "203.0.113.9";

const here = { scratch: "" };
let server: LoneServer;
const tellers = new Map<string, Teller>();

beforeAll(async () => {
  here.scratch = mkdtempSync(joinPath(tmpdir(), "bulkhead-suggest-"));
  server = await LoneServer.start(joinPath(here.scratch, "data"));
  for (const [at, [role, hosts]] of Object.entries(ROLES).entries())
    for (let number = 1; number <= hosts; number++) {
      const [name, address] = [`${role}-${number}`, `10.0.${at + 1}.${number}`];
      tellers.set(name, await Teller.join(server.client, name, address, { role }));
    }
  await tellAll();
}, 60_000);
afterAll(async () => {
  for (const teller of tellers.values()) teller[Symbol.dispose]();
  await server?.end();
  rmSync(here.scratch, { recursive: true, force: true });
});

/** `web-1 db-1 5432`: from, to, port, and how many connections at which moment. */
type Seen = readonly [from: string, to: string, port: number, connections: number, at: number];

const names = (role: keyof typeof ROLES) =>
  Array.from({ length: ROLES[role] }, (_, at) => `${role}-${at + 1}`);

/** Every two hours of a month; nights are quiet, but for the backup, which comes each night. */
function ordinary(): readonly Seen[] {
  const today = Math.floor(Date.now() / DAY) * DAY;
  const days = Array.from({ length: 30 }, (_, at) => today - (at + 1) * DAY);
  const byDay = Array.from({ length: 9 }, (_, at) => (5 + at * 2) * HOUR);
  return days.flatMap((day) => [
    ...byDay.flatMap((time) => talk().map(([from, to, port]): Seen => [from, to, port, 3, day + time])),
    ["backup-1", "db-1", 22, 1, day + 2 * HOUR] satisfies Seen,
  ]);
}

function talk(): readonly (readonly [string, string, number])[] {
  return [
    ...names("web").flatMap((web) => names("api").map((api) => [web, api, 8080] as const)),
    ...names("api").map((api) => [api, "db-1", 5432] as const),
    ...[...names("web"), ...names("api"), "db-1"].map((host) => ["monitoring-1", host, 9100] as const),
    ...names("web").map((web) => ["198.51.100.7", web, 443] as const),
  ];
}

/** What should not be suggested, each with how it is found. */
function odd(): Readonly<Record<string, readonly Seen[]>> {
  const noon = Math.floor(Date.now() / DAY) * DAY - 3 * DAY + 12 * HOUR;
  const night = noon - 9 * HOUR;
  return {
    "one-of-many": [["web-2", "db-1", 5432, 40, noon]],
    scan: Array.from({ length: 20 }, (_, at): Seen => ["api-2", "web-1", 7000 + at * 3, 1, noon + at * 100]),
    "lone-word": [[STRANGER, "db-1", 5432, 30, noon]],
    "seen-once": [["monitoring-1", "backup-1", 25, 1, noon]],
    "off-hours": ["web-1", "web-2", "web-3"].map((web): Seen => [web, "monitoring-1", 4444, 9, night]),
  };
}

async function tellAll(): Promise<void> {
  const all = [...ordinary(), ...Object.values(odd()).flat()];
  for (const teller of tellers.values()) {
    const records = all.flatMap((seen) => recordsOf(teller, seen));
    for (let at = 0; at < records.length; at += WIRE.records)
      await teller.tell(records.slice(at, at + WIRE.records));
  }
  // Never sent: the database's own host reports, and knows nothing of it.
  const liar = tellers.get("web-3");
  const to = tellers.get("db-1")?.address ?? "";
  await liar?.tell([
    ...[3306, 22].map((service) =>
      liar.record({ direction: "egress", remote: { address: to }, service, connections: 500 }),
    ),
    liar.record({
      direction: "ingress",
      remote: { address: "203.0.113.77" },
      service: 3389,
      connections: 500,
    }),
  ]);
}

function recordsOf(teller: Teller, [from, to, service, connections, start]: Seen): readonly FlowRecord[] {
  if (teller.name !== from && teller.name !== to) return [];
  const [direction, other] = teller.name === from ? (["egress", to] as const) : (["ingress", from] as const);
  const remote = { address: addressOf(other) };
  return [teller.record({ direction, remote, service, connections, start, end: start })];
}

function addressOf(name: string): string {
  return tellers.get(name)?.address ?? name;
}

async function suggestion(query: Readonly<Record<string, string>> = {}): Promise<SuggestionView> {
  const since = Date.now() - 35 * DAY;
  const lines = server.client.stream<SuggestionLine>("/api/v1/suggestion", { query: { since, ...query } });
  for await (const line of lines) if (line.kind === "suggestion") return line.suggestion;
  throw new Error("no suggestion came");
}

async function unused(since: number): Promise<UnusedView> {
  const lines = server.client.stream<UnusedLine>("/api/v1/unused", { query: { since } });
  for await (const line of lines) if (line.kind === "unused") return line.unused;
  throw new Error("nothing came of what is unused");
}

/** What becomes of a flow where this text is provisioned on these hosts. */
function judging(text: string): (seen: Seen) => string {
  const hosts = [...tellers.values()]
    .map(
      ({ name, address }) =>
        `  ${name}: { addresses: [${address}], labels: { role: ${name.replace(/-\d+$/, "")} } }`,
    )
    .join("\n");
  const { policy, problems } = parsePolicy([
    { name: "hosts.yaml", text: `hosts:\n${hosts}\n` },
    { name: "suggested.yaml", text },
  ]);
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  const resolved = resolvePolicy(policy, buildInventory(policy));
  return ([from, to, number]) =>
    evaluate(resolved, { source: addressOf(from), destination: addressOf(to), protocol: 6, number }, AS_SAID)
      .verdict;
}

test("without a policy segments are suggested by label, with rules that let through all that is ordinary and nothing that is odd", async () => {
  const { text, odd: found, covered, seen } = await suggestion();
  const verdict = judging(text);
  expect(ordinary().filter((one) => verdict(one) !== "allow")).toEqual([]);
  expect(
    Object.values(odd())
      .flat()
      .filter((one) => verdict(one) === "allow"),
  ).toEqual([]);
  expect(found.map(({ kind }) => kind)).toEqual(expect.arrayContaining(Object.keys(odd())));
  expect(covered.connections / seen.connections).toBeGreaterThan(0.7);
  expect(found.map(({ words }) => words)).toContain(
    "web-2 talks to db-1 on tcp/5432 (postgres); none of the 2 other hosts of web does",
  );
});

test("provisioned, all that is ordinary is allowed and only the questions are left; what it names and nobody uses is told with the moment since when that is known", async () => {
  const { text } = await suggestion();
  const extra =
    "rules:\n  - { name: idle, allow: tcp/6379, from: web, to: db }\nservices: { cache: tcp/6379, idle: tcp/11211 }\n";
  const { number } = await server.client.post<{ number: number }>("/api/v1/policies", {
    ...{
      message: "",
      files: [
        { name: "shop.yaml", text },
        { name: "extra.yaml", text: extra },
      ],
    },
  });
  const before = Date.now();
  await server.client.post(`/api/v1/policies/${number}/provision`);
  const { rules, odd: found, covered, allowed } = await suggestion();
  expect([rules, covered.flows]).toEqual([[], 0]);
  expect(allowed.flows).toBeGreaterThanOrEqual(talk().length);
  expect(found.map(({ kind }) => kind)).toEqual(expect.arrayContaining(Object.keys(odd())));
  const { rules: idle, services, used } = await unused(Date.now() - 30 * DAY);
  expect(idle.map(({ name }) => name)).toEqual(["idle"]);
  expect(used.ofRules - used.rules).toBe(1);
  const [{ known } = { known: undefined }] = idle;
  expect(known).toMatchObject({ kind: "unused", why: "the rule is there since then" });
  expect(known?.kind === "unused" && known.since).toBeGreaterThanOrEqual(before);
  expect(services).toMatchObject([
    { name: "cache", known: { kind: "not-named" } },
    { name: "idle", known: { kind: "not-named" } },
  ]);
});

test("of a segment that is none the nearest one is told", async () => {
  await expect(suggestion({ segment: "wbe" })).rejects.toThrow("did you mean 'web'?");
  const { rules } = await suggestion({ segment: "web" });
  expect(rules).toEqual([]);
});

test("a rule that allows far more than was seen is told with the numbers and a narrower one, a redundant one with who says the same", async () => {
  const text = `segments:
  web: { select: "role=web" }
  api: { select: "role=api" }
  db: { select: "role=db" }
rules:
  - { name: calls, allow: all, from: web, to: api }
  - { name: orders, allow: tcp/5432, from: 10.0.0.0/8, to: db }
  - { name: twice, allow: tcp/8080, from: web, to: api }
`;
  const body = { files: [{ name: "wide.yaml", text }], since: Date.now() - 35 * DAY };
  const lines = await Array.fromAsync(server.client.stream<LintLine>("/api/v1/lint", { body }));
  const linted = lines.at(-1);
  if (linted?.kind !== "linted") throw new Error(JSON.stringify(linted));
  const told = linted.problems.map(({ code, message, hint }) => `${code} ${message}; ${hint}`);
  expect(told[0]).toContain(
    "policy/too-broad-rule the rule 'calls' allows all, and tcp/8080 alone was seen (",
  );
  expect(told[0]).toContain("narrower: - { name: calls, allow: tcp/8080, from: web, to: api }");
  expect(told[1]).toMatch(/'orders' allows from 10\.0\.0\.0\/8, and from api, web alone it was seen/);
  expect(told[2]).toContain("policy/redundant-rule the rule 'twice' says only what 'calls' says already");
  expect(linted.flows.records).toBeGreaterThan(1_000);
});
