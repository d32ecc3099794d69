/** FAULTS.md, row 39: a server that is restored from an older backup. */

import type { Evidence } from "@bulkhead/server/audit/evidence/evidence.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import { Centre } from "./centre.ts";

let estate: Estate;
let centre: Centre;
let daemon: Daemon;

const policy = (service: string) => `
segments:
  web: { select: "role=web" }
rules:
  - { name: out, allow: ${service}, from: web, to: any }
`;

beforeAll(async () => {
  estate = await Estate.create({ hosts: { hub: ["10.0.0.5"], "web-1": ["10.0.0.11"] } });
  centre = await Centre.start(estate.host("hub"));
  daemon = await centre.join(estate.host("web-1"), "web-1", "role=web");
  await daemon.until("link-up");
});
afterAll(async () => {
  await daemon?.end();
  await centre?.end();
  await estate?.remove();
});

/** The evidence, as soon as the host has told that the version is no longer on probation: it is in sync before. */
async function confirmedEvidence(): Promise<Evidence> {
  for (;;) {
    const { stdout } = await centre.ask("evidence", "--segment", "web", "--from", "1h");
    const evidence = JSON.parse(stdout) as Evidence;
    if (evidence.members[0]?.reports.at(-1)?.enforcement !== "on-probation") return evidence;
  }
}

const table = () => estate.host("web-1").run(["nft", "list", "table", "inet", "bulkhead"]);

test("what was at the backup is back; hosts keep what is newer until an operator decides, and no number comes twice", async () => {
  await centre.provision(policy("tcp/1111"));
  await centre.settled("web-1");
  const evidence = await confirmedEvidence();
  expect(evidence.members).toMatchObject([{ host: "web-1", managed: true }]);
  // What a real agent has read back from a real kernel.
  const last = evidence.members[0]?.reports.at(-1);
  expect(last).toMatchObject({ connected: true, version: 1, kernel: "holds", enforcement: "enforcing" });
  expect(last?.digest).toBe(last?.expected);
  // A draft at the backup, provisioned after it: its number alone does not tell that the host is ahead.
  await centre.push(policy("tcp/2222"));
  const directory = `${centre.host.scratch}/backup`;
  const made = await centre.ask("backup", directory);
  expect([made.code, made.stderr]).toEqual([0, ""]);
  // Control: it is not made where something is already.
  expect((await centre.ask("backup", directory)).code).toBe(3);
  expect(await centre.provision(policy("tcp/2222"))).toBe(2);
  await centre.settled("web-1");

  expect((await centre.ask("restore", directory)).stderr).toContain("is in use by process");
  await centre.end();
  expect(await centre.ask("restore", directory)).toMatchObject({ code: 0 });
  const downs = daemon.lines("link-up").length;
  await centre.start();
  await daemon.until("link-up", downs);
  const [host] = await centre.hosts();
  expect(host?.sync).toMatchObject({ state: "ahead", why: expect.stringContaining("version 2") });
  expect(await table()).toContain("2222");

  expect(await centre.provision(policy("tcp/3333"))).toBe(3);
  await centre.settled("web-1");
  expect(await table()).toContain("3333");
});

test("a backup that is damaged, or none, changes nothing", async () => {
  await centre.end();
  expect((await centre.ask("restore", "/nowhere")).stderr).toContain("is no backup");
  const directory = `${centre.host.scratch}/backup`;
  await centre.host.run(["sh", "-c", `echo nonsense >${directory}/flows.db`]);
  expect((await centre.ask("restore", directory)).stderr).toContain("server/store-unusable");
  await centre.start();
  expect((await centre.hosts()).map(({ name }) => name)).toEqual(["web-1"]);
});
