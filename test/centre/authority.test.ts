/** FAULTS.md, row 28: the authority gets a new root while hosts go on. */

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

interface Authority {
  readonly roots: readonly { readonly generation: number; readonly fingerprint: string }[];
  readonly waiting: readonly string[];
}

beforeAll(async () => {
  estate = await Estate.create({
    hosts: { hub: ["10.0.0.5"], "web-1": ["10.0.0.11"], "db-1": ["10.0.0.21"], away: ["10.0.0.31"] },
  });
  centre = await Centre.start(estate.host("hub"));
  for (const [name, role] of [
    ["web-1", "web"],
    ["db-1", "db"],
    ["away", "web"],
  ] as const)
    daemons.set(name, await centre.join(estate.host(name), name, `role=${role}`));
  for (const daemon of daemons.values()) await daemon.until("link-up");
  await centre.provision(POLICY);
  await centre.settled("web-1", "db-1", "away");
  await daemons.get("away")?.end();
});
afterAll(async () => {
  for (const daemon of daemons.values()) await daemon.end();
  await centre?.end();
  await estate?.remove();
});

const show = () => centre.facts<Authority>("authority", "show");

test("hosts that are connected get certificates of the new root, and nothing of theirs is cut", async () => {
  const listener = await estate.host("db-1").listen("tcp/5432");
  const session = await estate.host("web-1").session("db-1", "tcp/5432");
  expect(await session.receivesMore(5)).toBe(true);
  const before = await show();
  const { roots } = await centre.facts<Authority>("authority", "rotate");
  expect(roots.map(({ generation }) => generation)).toEqual([2, 1]);
  expect(roots[1]).toEqual(before.roots[0]);
  while ((await show()).waiting.length > 1);
  expect((await show()).waiting).toEqual(["away"]);
  await centre.settled("web-1", "db-1");
  expect(await session.receivesMore(5)).toBe(true);
  expect(await session.traffic()).toMatchObject({ lost: 0, ended: null });
  await session.close();
  await listener.close();
});

test("a second rotation waits for the first; the old root stays while a host needs it", async () => {
  for (const words of [["rotate"], ["retire"]]) {
    const { code, stderr } = await centre.ask("authority", ...words);
    expect(code).not.toBe(0);
    expect(stderr).toContain("server/authority-rotation");
    expect(stderr).toContain(words[0] === "retire" ? "away" : "under way");
  }
  // It comes back with what the old root has signed, and nobody is lost.
  daemons.set("away", Daemon.start(estate.host("away"), undefined));
  while ((await show()).waiting.length > 0);
  expect((await centre.facts<Authority>("authority", "retire")).roots).toHaveLength(1);
  const version = await centre.provision(POLICY.replace("5432", "6432"));
  await centre.settled("web-1", "db-1", "away");
  for (const host of await centre.hosts()) expect(host.version).toBe(version);
});

test("control: who has nothing from the new root is refused once the old one is retired", async () => {
  await daemons.get("away")?.end();
  await centre.facts("authority", "rotate");
  while ((await show()).waiting.length > 1);
  expect((await centre.facts<Authority>("authority", "retire", "--force")).roots).toHaveLength(1);
  const lost = Daemon.start(estate.host("away"), undefined);
  daemons.set("away", lost);
  await lost.until("link-down");
  const { facts } = await lost.status();
  expect(facts).toMatchObject({ link: { connected: false } });
  expect((await centre.hosts()).find(({ name }) => name === "away")?.connected).toBe(false);
  // It goes on enforcing what it has.
  expect(await estate.host("web-1").probe([{ to: "away", service: "tcp/22" }])).not.toEqual(["connected"]);
});
