/** From a policy at the server to verdicts on hosts, with real agents and packets. */

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
    hosts: { hub: ["10.0.0.5"], "web-1": ["10.0.0.11"], "web-2": ["10.0.0.12"], "db-1": ["10.0.0.21"] },
  });
  centre = await Centre.start(estate.host("hub"));
  for (const service of ["tcp/5432", "tcp/22"] as const) await estate.host("db-1").listen(service);
});
afterAll(async () => {
  for (const daemon of daemons.values()) await daemon.end();
  await centre?.end();
  await estate?.remove();
});

async function join(name: string, role: string): Promise<Daemon> {
  const daemon = await centre.join(estate.host(name), name, `role=${role}`);
  daemons.set(name, daemon);
  await daemon.until("link-up");
  return daemon;
}

async function call(from: string, service: "tcp/5432" | "tcp/22"): Promise<string | undefined> {
  const [fate] = await estate.host(from).probe([{ to: "db-1", service }]);
  return fate;
}

test("hosts join by token, and the policy is in force on each of them", async () => {
  await join("web-1", "web");
  await join("db-1", "db");
  const version = await centre.provision(POLICY);
  await centre.settled("web-1", "db-1");
  for (const host of await centre.hosts()) expect(host).toMatchObject({ version, connected: true });
  expect([await call("web-1", "tcp/5432"), await call("web-1", "tcp/22")]).toEqual(["connected", "refused"]);
  // Control: a host that has not joined is in no segment.
  expect(await call("web-2", "tcp/5432")).toBe("timeout");
});

test("a host that joins is let in by the others at once, as a change of members", async () => {
  const db = daemons.get("db-1");
  const seen = db?.lines("policy-in-force").length ?? 0;
  await join("web-2", "web");
  expect(await db?.until("policy-in-force", seen)).toMatchObject({ way: "members" });
  await centre.settled("web-2", "db-1");
  expect(await call("web-2", "tcp/5432")).toBe("connected");
});

test("labels move a host from one segment to another", async () => {
  const db = daemons.get("db-1");
  const seen = db?.lines("policy-in-force").length ?? 0;
  await centre.ask("host", "label", "web-2", "--labels", "role=guest");
  await db?.until("policy-in-force", seen);
  await centre.settled("db-1", "web-1");
  expect(await call("web-2", "tcp/5432")).toBe("timeout");
});

test("an isolated host speaks with nobody but its server, and comes back", async () => {
  const web = daemons.get("web-1");
  const seen = web?.lines("policy-in-force").length ?? 0;
  expect((await centre.ask("host", "isolate", "web-1")).code).toBe(0);
  await web?.until("policy-in-force", seen);
  expect(await call("web-1", "tcp/5432")).toBe("refused");
  expect((await centre.hosts()).find(({ name }) => name === "web-1")).toMatchObject({ connected: true });
  await centre.ask("host", "release", "web-1");
  await web?.until("policy-in-force", seen + 1);
  await centre.settled("db-1");
  expect(await call("web-1", "tcp/5432")).toBe("connected");
});

test("an isolated host whose own rules an intruder has taken away is refused by the others", async () => {
  await daemons.get("web-1")?.end("SIGKILL");
  await estate.host("web-1").run(["nft", "delete", "table", "inet", "bulkhead"]);
  // Control: it is db-1 that decides.
  expect(await call("web-1", "tcp/5432")).toBe("connected");
  const db = daemons.get("db-1");
  const seen = db?.lines("policy-in-force").length ?? 0;
  await centre.ask("host", "isolate", "web-1");
  await db?.until("policy-in-force", seen);
  expect(await call("web-1", "tcp/5432")).toBe("timeout");
  // And nobody is led into its arms.
  const [fate] = await estate.host("db-1").probe([{ to: "web-1", service: "tcp/22" }]);
  expect(fate).toBe("refused");
  await centre.ask("host", "release", "web-1");
  await db?.until("policy-in-force", seen + 1);
  const web = Daemon.start(estate.host("web-1"), undefined);
  daemons.set("web-1", web);
  await web.until("policy-in-force");
  await centre.settled("web-1", "db-1");
  expect(await call("web-1", "tcp/5432")).toBe("connected");
});

test("the server is away: hosts go on, also over a restart, and take what is new when it is back", async () => {
  await centre.end("SIGKILL");
  expect(await call("web-1", "tcp/5432")).toBe("connected");
  await daemons.get("db-1")?.end("SIGKILL");
  const again = Daemon.start(estate.host("db-1"), undefined);
  daemons.set("db-1", again);
  expect(await again.until("policy-in-force")).toMatchObject({ outcome: "unchanged" });
  expect([await call("web-1", "tcp/5432"), await call("web-1", "tcp/22")]).toEqual(["connected", "refused"]);
  await centre.start();
  await again.until("link-up");
  await centre.provision(POLICY.replace("tcp/5432", "tcp/22"));
  await centre.settled("web-1", "db-1");
  expect([await call("web-1", "tcp/5432"), await call("web-1", "tcp/22")]).toEqual(["refused", "connected"]);
});

test("a rollback is the version before", async () => {
  expect((await centre.ask("rollback")).code).toBe(0);
  await centre.settled("web-1", "db-1");
  expect(await call("web-1", "tcp/5432")).toBe("connected");
});

test("a revoked host is out at once, stays out, and its address leaves the groups", async () => {
  const [web, db] = [daemons.get("web-1"), daemons.get("db-1")];
  const [downs, seen] = [web?.lines("link-down").length ?? 0, db?.lines("policy-in-force").length ?? 0];
  await centre.ask("host", "revoke", "web-1");
  expect((await web?.until("link-down", downs))?.msg).toContain("revoked");
  await db?.until("policy-in-force", seen);
  // It enforces what it had; it is db-1 that does not let it in any more.
  expect(await call("web-1", "tcp/5432")).toBe("timeout");
  expect((await web?.until("link-down", downs + 1))?.msg).toContain("revoked");
});
