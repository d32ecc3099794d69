/** A draft is judged by what hosts did weeks ago, and refused for what it says of itself, on real hosts and their server. */

import { join } from "node:path";
import { ingest } from "@bulkhead/server/ingest/ingest.ts";
import { Quota } from "@bulkhead/server/ingest/quota.ts";
import { mainDatabase } from "@bulkhead/server/serve/schema.ts";
import { openDatabase } from "@bulkhead/server/store/database.ts";
import { HostStore } from "@bulkhead/server/store/estate/host-store.ts";
import { openFlowStore } from "@bulkhead/server/store/flows/flow-store.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import { Centre } from "./centre.ts";

let estate: Estate;
let centre: Centre;
const daemons = new Map<string, Daemon>();
const DAY = 24 * 3_600_000;

const SEGMENTS = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
  jobs: { select: "role=jobs" }
`;
const POLICY = `${SEGMENTS}
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
  - { name: jobs, allow: tcp/5432, from: jobs, to: db }
`;
/** Somebody has tidied up. */
const DRAFT = `${SEGMENTS}
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
tests:
  - { from: web, to: db, allow: tcp/5432 }
never: { from: jobs, to: web }
`;

beforeAll(async () => {
  estate = await Estate.create({
    hosts: {
      ...{ hub: ["10.0.0.5"], "web-1": ["10.0.0.11"], "db-1": ["10.0.0.21"], "jobs-1": ["10.0.0.31"] },
    },
  });
  centre = await Centre.start(estate.host("hub"));
  for (const [name, role] of [
    ["web-1", "web"],
    ["db-1", "db"],
    ["jobs-1", "jobs"],
  ] as const)
    daemons.set(name, await centre.join(estate.host(name), name, `role=${role}`));
  for (const daemon of daemons.values()) await daemon.until("link-up");
  await centre.provision(POLICY);
  await centre.settled("web-1", "db-1", "jobs-1");
  await centre.end();
  recordPast();
  await centre.start();
});
afterAll(async () => {
  for (const daemon of daemons.values()) await daemon.end();
  await centre?.end();
  await estate?.remove();
});

/** What the hosts did in the last weeks, taken in as the server takes it: orders all the time, and one job, four weeks ago. */
function recordPast(): void {
  const database = openDatabase(mainDatabase(join(centre.directory, "bulkhead.db")));
  const store = openFlowStore({ path: join(centre.directory, "flows.db"), now: Date.now });
  const hosts = new HostStore(database);
  const now = Date.now();
  const job = now - 28 * DAY;
  const orders = Array.from({ length: 36 }, (_, day) => now - (day + 1) * DAY);
  const record = (
    direction: "egress" | "ingress",
    local: string,
    remote: string,
    start: number,
    unit: string,
  ) => ({
    ...{ bucket: start - (start % 10_000), start, end: start, direction, verdict: "allow" as const },
    ...{ local: { address: local, unit }, remote: { address: remote }, protocol: 6, service: 5432 },
    rule: {
      name: remote === "10.0.0.31" || local === "10.0.0.31" ? "jobs" : "orders",
      file: "policy.yaml",
      line: 8,
    },
    ...{ connections: 1, packets: 10, bytes: 1_000, ended: 1, lasted: 50 },
  });
  const reports = {
    "web-1": orders.map((at) => record("egress", "10.0.0.11", "10.0.0.21", at, "shop.service")),
    "jobs-1": [record("egress", "10.0.0.31", "10.0.0.21", job, "month-end.service")],
    "db-1": [
      ...orders.map((at) => record("ingress", "10.0.0.21", "10.0.0.11", at, "postgresql.service")),
      record("ingress", "10.0.0.21", "10.0.0.31", job, "postgresql.service"),
    ],
  };
  for (const [name, records] of Object.entries(reports)) {
    const host = hosts.byName(name);
    if (host === undefined) throw new Error(`${name} has not joined`);
    const upTo = store.lastTaken(host.id) + 1;
    const outcome = ingest({ upTo, records, losses: [] }, host, store, { now: Date.now, quota: new Quota() });
    // Agents number their own reports; theirs go on above.
    expect(outcome).toMatchObject({ kind: "taken", refused: 0 });
  }
  store[Symbol.dispose]();
  hosts[Symbol.dispose]();
  database.close();
}

interface Planned {
  readonly outcome: string;
  readonly plan: {
    readonly reach: { readonly lost: readonly object[] };
    readonly hosts: { readonly affected: readonly { readonly name: string }[] };
    readonly flows: { readonly breaks: { readonly list: readonly object[]; readonly connections: number } };
  };
}

test("a draft that would break a monthly job is told so, with who did it then and what would deny it; within a week it was not seen", async () => {
  const draft = await centre.push(DRAFT);
  const { code, stdout } = await centre.ask("plan", String(draft), "--since", "35d", "--json");
  const { plan, outcome } = JSON.parse(stdout) as Planned;
  expect([code, outcome]).toEqual([1, "failed"]);
  expect(plan.flows.breaks.list).toEqual([
    expect.objectContaining({
      source: expect.objectContaining({ host: "jobs-1", unit: "month-end.service" }),
      destination: expect.objectContaining({ host: "db-1", unit: "postgresql.service" }),
      ...{ service: "tcp/5432", connections: 1, unsure: false },
      recorded: expect.objectContaining({
        verdict: "allow",
        rule: expect.objectContaining({ name: "jobs" }),
      }),
      active: expect.objectContaining({ verdict: "allow" }),
      next: { verdict: "deny", host: "jobs-1", rule: null },
    }),
  ]);
  expect(plan.reach.lost).toEqual([{ from: "jobs", to: "db", services: ["tcp/5432"] }]);
  expect(plan.hosts.affected.map(({ name }) => name)).toEqual(["db-1", "jobs-1"]);
  const week = await centre.ask("plan", String(draft));
  expect(week.code).toBe(0);
  expect(week.stdout).toContain("no recorded connection would break");
});

test("files are planned without being kept, in the forms that pipelines read", async () => {
  const path = await estate.host("hub").write("plan/shop.yaml", DRAFT);
  const before = await centre.facts<{ policies: readonly object[] }>("policies");
  const github = await centre.ask("plan", path, "--since", "35d", "--format", "github");
  expect(github.code).toBe(1);
  expect(github.stdout).toMatch(
    /^::error file=.*shop\.yaml,line=1,col=1,title=command\/connection-broken::jobs-1 \(unit month-end\.service\) -> db-1 tcp\/5432|^::error .*db-1/m,
  );
  const junit = await centre.ask("plan", path, "--since", "35d", "--format", "junit");
  expect(junit.stdout).toContain('<testsuite name="connections" tests="1" failures="1"');
  const invalid = await centre.ask("plan", await estate.host("hub").write("plan/bad.yaml", "rules: 7"));
  expect(invalid.code).toBe(2);
  expect(await centre.facts("policies")).toEqual(before);
});

test("a draft that breaks an invariant on the real hosts is refused with a flow that does; what becomes broken later is refused when it is provisioned", async () => {
  const open = DRAFT.replace(
    "rules:",
    "rules:\n  - { name: debug, allow: tcp/22, from: any-host, to: any-host }",
  );
  const path = await estate.host("hub").write("plan/open.yaml", open);
  const refused = await centre.ask("push", path);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("10.0.0.31 -> 10.0.0.11 tcp/22 gets through");
  const policies = await centre.facts<{ policies: readonly object[] }>("policies");
  const draft = await centre.push(
    `${POLICY.replace("segments:", 'segments:\n  batch: { select: "batch=yes" }')}never: { name: batch, from: batch, to: db }\n`,
  );
  await centre.ask("host", "label", "web-1", "--labels", "role=web,batch=yes");
  const late = await centre.ask("provision", String(draft));
  expect(late.code).not.toBe(0);
  expect(late.stderr).toContain("10.0.0.11 -> 10.0.0.21 tcp/5432 gets through");
  await centre.ask("host", "label", "web-1", "--labels", "role=web");
  expect((await centre.ask("provision", String(draft))).code).toBe(0);
  await centre.settled("web-1", "db-1", "jobs-1");
  const after = await centre.facts<{ policies: readonly object[] }>("policies");
  expect(after.policies).toHaveLength(policies.policies.length + 1);
});
