/** Waves on real hosts: what breaks something is taken back while the others were never touched; what does not comes to all, over a killed server. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import { Centre } from "./centre.ts";

let estate: Estate;
let centre: Centre;
const daemons = new Map<string, Daemon>();
const HOSTS = ["web-1", "web-2", "db-1"];

const POLICY = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
  - { name: ssh, allow: tcp/22, from: db, to: web }
`;
/** Somebody has tidied up. */
const BREAKING = POLICY.replace(/.*name: orders.*\n/, "");
const HARMLESS = `${POLICY}  - { name: pages, allow: tcp/443, from: db, to: web }\n`;

interface Rollout {
  readonly state: string;
  readonly why: string;
  readonly wave: number;
  readonly findings: readonly { readonly kind: string; readonly host: string }[];
  readonly hosts: readonly { readonly name: string; readonly course: string }[];
}

beforeAll(async () => {
  estate = await Estate.create({
    hosts: { hub: ["10.0.0.5"], "web-1": ["10.0.0.11"], "web-2": ["10.0.0.12"], "db-1": ["10.0.0.21"] },
  });
  centre = await Centre.start(estate.host("hub"));
  await estate.host("db-1").listen("tcp/5432");
  const join = async (name: string) => {
    const daemon = await centre.join(estate.host(name), name, `role=${name.split("-")[0]}`);
    daemons.set(name, daemon);
    await daemon.until("link-up");
  };
  await Promise.all(HOSTS.map(join));
  await centre.provision(POLICY);
  await centre.settled(...HOSTS);
});
afterAll(async () => {
  for (const daemon of daemons.values()) await daemon.end();
  await centre?.end();
  await estate?.remove();
});

const daemon = (name: string) => daemons.get(name) as Daemon;
const applied = (name: string) => daemon(name).lines("policy-in-force").length;

async function call(from: string): Promise<string | undefined> {
  const [fate] = await estate.host(from).probe([{ to: "db-1", service: "tcp/5432" }]);
  return fate;
}

async function begin(text: string, ...more: readonly string[]): Promise<void> {
  const { code, stderr } = await centre.ask("provision", String(await centre.push(text)), ...more);
  if (code !== 0) throw new Error(stderr);
}

/** Until it is over. */
async function outcome(): Promise<Rollout & { readonly code: number }> {
  const { code, stdout, stderr } = await centre.ask("rollout", "--follow", "--json");
  if (stdout === "") throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as { rollout: Rollout }).rollout };
}

interface Hosts {
  readonly broken: readonly {
    readonly about: string;
    readonly causes: readonly { readonly words: string }[];
  }[];
}

/** Until so many of the policy's own tests fail. */
async function broken(count: number): Promise<Hosts["broken"]> {
  for (;;) {
    const { broken } = await centre.facts<Hosts>("hosts");
    if (broken.length === count) return broken;
  }
}

async function happened(): Promise<readonly string[]> {
  const { events } = await centre.facts<{ events: readonly { kind: string }[] }>("history", "--limit", "30");
  return events.map(({ kind }) => kind).filter((kind) => kind.startsWith("rollout-"));
}

test("a wave that breaks something is taken back by itself, and the next hosts were never touched", async () => {
  const before = new Map(HOSTS.map((name) => [name, applied(name)]));
  const seen = applied("web-1");
  await begin(BREAKING, "--waves", "1,100%", "--hold", "10m");
  await daemon("web-1").until("policy-in-force", seen);
  const explained = await centre.ask("explain", "web", "db", "tcp/5432");
  expect([explained.code, explained.stdout]).toEqual([
    0,
    expect.stringMatching(
      /version 2 is on its way .*version 1's, .*\n {2}what leaves web-1 is judged by version 2 already\n {2}version 2 says: deny\n/,
    ),
  ]);
  const untouched = await centre.facts<{ underWay: unknown }>("explain", "web-2", "db-1", "tcp/5432");
  expect(untouched.underWay).toBeNull();
  expect(await call("web-1")).toBe("refused");
  // Control: those whose turn has not come go on, and their wave never comes.
  expect(await call("web-2")).toBe("connected");
  const { code, state, wave, why, findings, hosts } = await outcome();
  expect([code, state, wave]).toEqual([1, "rolled-back", 0]);
  expect(why).toMatch(
    /web-1\) -> .*db-1\) tcp\/5432 was allowed by orders \(.*policy\.yaml:\d+\), and is denied now/,
  );
  expect(findings).toMatchObject([{ kind: "denied", host: "web-1" }]);
  await daemon("web-1").until("policy-in-force", seen + 1);
  await centre.settled(...HOSTS);
  expect(await call("web-1")).toBe("connected");
  for (const name of ["web-2", "db-1"]) expect([name, applied(name)]).toEqual([name, before.get(name)]);
  expect(hosts.map(({ name, course }) => [name, course]).sort()).toEqual([
    ["db-1", "untouched"],
    ["web-1", "over"],
    ["web-2", "untouched"],
  ]);
  expect(await happened()).toEqual([
    "rollout-rolled-back",
    "rollout-halted",
    "rollout-wave",
    "rollout-started",
  ]);
  const alerts = await centre.ask("alerts");
  expect([alerts.code, alerts.stdout]).toEqual([1, expect.stringContaining("rollout-halted")]);
});

test("the server is killed in the middle: each host has one of the two versions, it goes on, and comes to all", async () => {
  const seen = applied("web-1");
  await begin(HARMLESS, "--waves", "1,100%", "--hold", "2s");
  await daemon("web-1").until("policy-in-force", seen);
  await centre.end("SIGKILL");
  expect(await call("web-1")).toBe("connected");
  await centre.start();
  const refused = await centre.ask("rollback");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("server/rollout-underway")]);
  expect(await outcome()).toMatchObject({ code: 0, state: "done" });
  await centre.settled(...HOSTS);
  const versions = (await centre.hosts()).map(({ version }) => version);
  expect(new Set(versions).size).toBe(1);
  expect(await happened()).toContain("rollout-resumed");
});

test("a host that cannot reach the server through the version takes it back; made active once more, it is tried once more", async () => {
  await centre.ask("settings", "probation", "5s");
  const hub = estate.host("hub");
  await hub.run([
    "nft",
    "add table inet closed; add chain inet closed in { type filter hook input priority 0; }",
  ]);
  // Connections that there are go on.
  await hub.run(["nft", "add rule inet closed in tcp dport 8444 tcp flags & (syn | ack) == syn drop"]);
  const version = await centre.push(POLICY.replace("tcp/22", "tcp/24"));
  await centre.ask("provision", String(version), "--waves", "1,100%", "--hold", "10m");
  const { code, findings } = await outcome();
  expect([code, findings]).toMatchObject([1, [{ kind: "fell-back", host: "web-1" }]]);
  await hub.run(["nft", "delete table inet closed"]);
  await centre.settled(...HOSTS);
  await centre.ask("provision", String(version), "--waves", "1,100%", "--hold", "1s");
  expect(await outcome()).toMatchObject({ code: 0, state: "done" });
});

test("a host that is silent once it follows the version takes it back", async () => {
  await centre.ask("settings", "rollout-silent", "5s");
  const seen = applied("web-1");
  await begin(POLICY.replace("tcp/22", "tcp/23"), "--waves", "1,100%", "--hold", "10m");
  await daemon("web-1").until("policy-in-force", seen);
  await daemon("web-1").end("SIGKILL");
  const { code, findings } = await outcome();
  expect([code, findings]).toMatchObject([1, [{ kind: "silent", host: "web-1" }]]);
  // When it is back, it follows what the others do.
  const again = Daemon.start(estate.host("web-1"), undefined);
  daemons.set("web-1", again);
  await again.until("link-up");
  await centre.settled(...HOSTS);
});

test("a label that breaks a test of the active policy is told with the test and the change, until it passes again", async () => {
  const label = (name: string, zone: string) =>
    centre.ask("host", "label", name, "--labels", `role=${name.split("-")[0]},zone=${zone}`);
  for (const name of HOSTS) await label(name, "a");
  await centre.provision(
    `${POLICY.replace("to: db }", "to: db, same: [zone] }")}tests:\n  - { from: web, to: db, allow: tcp/5432 }\n`,
  );
  await broken(0);
  await label("web-2", "b");
  const [found] = await broken(1);
  expect(found?.about).toMatch(/policy\.yaml:9$/);
  expect(found?.causes.map(({ words }) => words)).toContainEqual(expect.stringMatching(/ labelled web-2$/));
  const alerts = await centre.ask("alerts");
  expect(alerts.stdout).toContain("policy-test-broken");
  expect((await centre.ask("hosts")).stdout).toContain("web -> db tcp/5432 must get through, but is denied");
  await label("web-2", "a");
  await broken(0);
});
