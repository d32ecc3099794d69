/** What hosts see arrives at the centre once, joined from both ends, through restarts of either side. */

import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import { Centre } from "./centre.ts";

let estate: Estate;
let centre: Centre;
const daemons = new Map<string, Daemon>();

const POLICY = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
`;

beforeAll(async () => {
  estate = await Estate.create({
    hosts: { hub: ["10.0.0.5"], "web-1": ["10.0.0.11"], "db-1": ["10.0.0.21"], stranger: ["10.0.0.99"] },
  });
  centre = await Centre.start(estate.host("hub"));
  await estate.host("db-1").listen("tcp/5432");
  for (const [name, role] of [
    ["web-1", "web"],
    ["db-1", "db"],
  ] as const)
    daemons.set(name, await centre.join(estate.host(name), name, `role=${role}`));
  for (const daemon of daemons.values()) await daemon.until("link-up");
  await centre.provision(POLICY);
  await centre.settled("web-1", "db-1");
});
afterAll(async () => {
  for (const daemon of daemons.values()) await daemon.end();
  await centre?.end();
  await estate?.remove();
});

interface Flow {
  readonly service: string;
  readonly verdict: string;
  readonly connections: number;
  readonly source: { readonly host?: string; readonly address: string };
  readonly destination: { readonly host?: string };
  readonly egress: { readonly rule: { readonly name: string } | null } | null;
  readonly ingress: { readonly host: string; readonly rule: { readonly name: string } | null } | null;
}

async function flows(...words: readonly string[]): Promise<readonly Flow[]> {
  const { stdout } = await centre.ask("flows", "--json", ...words);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

/** Waits until this many connections to the service are known. */
async function until(
  service: string,
  connections: number,
  ...words: readonly string[]
): Promise<readonly Flow[]> {
  for (;;) {
    const found = await flows("--service", service, ...words);
    if (total(found) >= connections) return found;
  }
}

function total(found: readonly Flow[]): number {
  return found.reduce((sum, { connections }) => sum + connections, 0);
}

const orders = (times: number) =>
  estate
    .host("web-1")
    .probe(Array.from({ length: times }, () => ({ to: "db-1", service: "tcp/5432" as const })));

test("an allowed flow is one, with both judgements; a denied one names who denied it", async () => {
  await orders(5);
  await until("tcp/5432", 5);
  // The other end reports in its own time. Connections whose process could not be found are flows of their own.
  let joined = await flows("--service", "tcp/5432");
  while (joined.some(({ ingress, egress }) => ingress === null || egress === null))
    joined = await flows("--service", "tcp/5432");
  expect(total(joined)).toBe(5);
  for (const flow of joined)
    expect(flow).toMatchObject({
      verdict: "allow",
      source: { host: "web-1" },
      destination: { host: "db-1" },
      egress: { host: "web-1", rule: { name: "orders" }, versions: [1] },
      ingress: { host: "db-1", rule: { name: "orders" }, versions: [1] },
    });
  await estate.host("stranger").probe([{ to: "db-1", service: "tcp/22" }]);
  const [denied] = await until("tcp/22", 1, "--denied");
  expect(denied).toMatchObject({
    verdict: "deny",
    source: { address: "10.0.0.99" },
    egress: null,
    ingress: { host: "db-1", rule: null, versions: [1] },
  });
  // Nobody has a name for the server's address, but the server itself.
  const [own] = await until("tcp/8444", 1);
  expect(own?.destination).toEqual({ address: "10.0.0.5", server: true });
});

test("sent is stored, through a kill of the server and of an agent", async () => {
  const before = total(await flows("--service", "tcp/5432"));
  await orders(3);
  await centre.end("SIGKILL");
  await orders(4);
  await daemons.get("web-1")?.end("SIGTERM");
  await centre.start();
  daemons.set("web-1", Daemon.start(estate.host("web-1"), undefined));
  await daemons.get("web-1")?.until("policy-in-force");
  await orders(2);
  const after = await until("tcp/5432", before + 9);
  expect(total(after)).toBe(before + 9);
});

test("metrics count what was taken, and the hosts by their state", async () => {
  const connection = { socketPath: join(centre.directory, "server.sock"), path: "/metrics" };
  const [response] = (await once(get(connection), "response")) as [IncomingMessage];
  const metrics = await text(response);
  expect(metrics).toMatch(/^bulkhead_server_hosts\{state="in-sync"\} 2$/m);
  expect(metrics).toMatch(/^bulkhead_server_policy_version 1$/m);
  expect(metrics).toMatch(/^bulkhead_server_reports_total\{outcome="taken"\} [1-9]\d*$/m);
  expect(metrics).toMatch(/^bulkhead_server_flow_records_refused_total 0$/m);
});

test("explain: the active policy's answer, and beside it what was seen", async () => {
  const yes = await centre.ask("explain", "web-1", "db-1", "tcp/5432");
  expect(yes.code).toBe(0);
  expect(yes.stdout).toContain("orders");
  expect(yes.stdout).toMatch(/seen in the last day:[\s\S]*web-1/);
  expect((await centre.ask("explain", "web-1", "db-1", "tcp/22")).code).toBe(1);
});

test("diff: what becomes possible between two versions, for the hosts that have joined", async () => {
  await centre.provision(POLICY.replace("tcp/5432", "tcp/6432"));
  const { stdout, code } = await centre.ask("diff", "1", "2", "--exit-code");
  expect(code).toBe(1);
  expect(stdout).toMatch(/tcp\/6432/);
});
