import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Flood, Listener } from "../estate/conversation.ts";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";
import { openAll, portsFrom, troublesOf } from "./conversations.ts";
import { loadBare, type ShortPolicy } from "./governed.ts";
import { Passage } from "./passage.ts";

const FORBIDDEN = "udp/9999";
const ALLOWED = 4000;
const CHANGES = Number(process.env.FLOOD_CHANGES ?? 24);
/** The naive replacement leaks in about every second try; it is tried until it has. */
const MOST_REPLACEMENTS = 400;

let estate: Estate;
let client: Host;
let server: Host;
let attacker: Host;
let forbidden: Listener;
let agent: AgentShell;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: {
      client: ["10.0.0.1", "fd00::1"],
      server: ["10.0.0.2", "fd00::2"],
      attacker: ["10.0.0.66", "fd00::66"],
      // Nobody runs it: its addresses come and go as members of a segment.
      visitor: ["10.0.0.3", "fd00::3"],
    },
  });
  [client, server, attacker] = [estate.host("client"), estate.host("server"), estate.host("attacker")];
  agent = await AgentShell.open(server);
  forbidden = await server.listen(FORBIDDEN, { answer: "sink" });
});
afterEach(() => agent.run("clear"));
afterAll(() => estate?.remove());

const allow = { name: "conversations", allow: portsFrom(ALLOWED), from: "friends", to: "managed" };

/** The `turn`th of the policies that follow one another: in odd turns a segment's members change, in even ones rules come and go. */
function policyOf(turn: number): ShortPolicy {
  const visitors = turn % 2 === 0 ? [] : ["10.0.0.3", "fd00::3"];
  const passing = { allow: `udp/${5000 + Math.floor(turn / 2)}`, from: "attackers", to: "managed" };
  return {
    managed: [server],
    segments: {
      friends: { addresses: ["10.0.0.1", "fd00::1", ...visitors] },
      attackers: { addresses: ["10.0.0.66", "fd00::66"] },
    },
    rules: Math.floor(turn / 2) % 3 === 0 ? [allow] : [allow, passing],
  };
}

async function floodBothFamilies(): Promise<Flood[]> {
  return [
    await attacker.flood("server", FORBIDDEN, { family: 4 }),
    await attacker.flood("server", FORBIDDEN, { family: 6 }),
  ];
}

/** Packets that went out while `work` was done; floods end with it. */
async function underFlood(work: () => Promise<void>): Promise<number> {
  const floods = await floodBothFamilies();
  const before = floods.reduce((sum, flood) => sum + flood.sent, 0);
  try {
    await work();
  } finally {
    await Promise.all(floods.map((flood) => flood.stop()));
  }
  return floods.reduce((sum, flood) => sum + flood.sent, 0) - before;
}

test("under flood, no change of rules or members lets a forbidden packet in or loses an allowed one", async () => {
  await agent.apply(policyOf(0));
  const ports = `${ALLOWED}-${ALLOWED + 11}`;
  await using passage = await Passage.at(server, { in: `udp dport ${ports}`, out: `udp sport ${ports}` });
  await using conversations = await openAll(client, server, ALLOWED);
  const heard = await forbidden.received();
  const ways: string[] = [];
  const sent = await underFlood(async () => {
    for (let turn = 1; turn <= CHANGES; turn++) ways.push(await agent.apply(policyOf(turn)));
  });
  for (const one of conversations) expect(await one.goesOn(5), one.name).toBe(true);
  const ended = (await troublesOf(conversations)).filter((trouble) => !/: lost \d+$/.test(trouble));
  await conversations[Symbol.asyncDispose]();
  await server.fence();
  expect(sent).toBeGreaterThan(100_000);
  // Both ways into the kernel were taken: whole tables by nft, and members straight over netlink.
  expect(ways.filter((words) => words.includes("members changed in place")).length).toBeGreaterThan(
    CHANGES / 4,
  );
  expect(ways.filter((words) => words.includes("in one transaction")).length).toBeGreaterThan(CHANGES / 4);
  expect((await forbidden.received()) - heard).toBe(0);
  expect(ended).toEqual([]);
  // What the machine lost by itself never came to our table, or left it. What came in has passed, both ways, but for a packet that the next table has overtaken.
  const { in: inward, out } = await passage.counts();
  expect(inward.before).toBeGreaterThan(1_000);
  expect(out.before).toBeGreaterThan(1_000);
  for (const { before, behind } of [inward, out]) expect(before - behind).toBeLessThanOrEqual(CHANGES);
});

test("under flood from inside, no change lets a forbidden packet out", async () => {
  await agent.apply(policyOf(0));
  const outside = await attacker.listen(FORBIDDEN, { answer: "sink" });
  const flood = await server.flood("attacker", FORBIDDEN);
  for (let turn = 1; turn <= CHANGES / 2; turn++) await agent.apply(policyOf(turn));
  expect(await flood.stop()).toBeGreaterThan(10_000);
  await attacker.fence();
  expect(await outside.received()).toBe(0);
  await outside.close();
});

test("control: a table that is deleted and made anew, and drops by its chain's policy only, leaks", async () => {
  const table =
    "table inet bulkhead {\n chain input {\n type filter hook input priority filter + 10; policy drop;\n tcp dport 4000 accept\n meta l4proto ipv6-icmp accept\n }\n}\n";
  await loadBare(server, table);
  await server.fence();
  const heard = await forbidden.received();
  let replacements = 0;
  await underFlood(async () => {
    for (; replacements < MOST_REPLACEMENTS && (await forbidden.received()) === heard; replacements++)
      await loadBare(server, table);
  });
  expect(await forbidden.received(), `after ${replacements} replacements`).toBeGreaterThan(heard);
});
