import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";
import { arrivedMeanwhile, type Conversation, openAll, portsFrom, troublesOf } from "./conversations.ts";
import { loadBare, type ShortPolicy, tableFor } from "./governed.ts";

const ALLOWED = 4000;
const OTHERS = 3000;
const STAMP = { mask: 0xff000000, value: 0x11000000 };
const rules = [
  { name: "allowed", allow: portsFrom(ALLOWED), from: "10.0.0.1", to: "10.0.0.2" },
  { name: "allowed-six", allow: portsFrom(ALLOWED), from: "fd00::1", to: "fd00::2" },
];

let estate: Estate;
let client: Host;
let server: Host;
let allowed: readonly Conversation[];
let others: readonly Conversation[];

// A fresh estate for each test: conntrack must not have run on either host when the conversations begin.
beforeEach(async () => {
  estate = await Estate.create({
    hosts: { client: ["10.0.0.1", "fd00::1"], server: ["10.0.0.2", "fd00::2"] },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  allowed = await openAll(client, server, ALLOWED);
  others = await openAll(client, server, OTHERS);
});
afterEach(() => estate?.remove());

function policy(): ShortPolicy {
  return { managed: [client, server], rules };
}

describe.each(["server", "client"] as const)(
  "connections that began before the first policy on the %s's host",
  (governed) => {
    test("go on if it allows them and are cut if not, whoever speaks", async () => {
      const agent = await AgentShell.open(estate.host(governed));
      await agent.apply(policy());
      const arrived = await arrivedMeanwhile(others, { witnesses: allowed });
      expect(arrived).toEqual(Object.fromEntries(others.map(({ name }) => [name, 0])));
      expect(await troublesOf(allowed)).toEqual([]);
    });
  },
);

test("control: without being told who began, conntrack takes a server that pushes for the one who did, and an allowed session is cut", async () => {
  await loadBare(client, tableFor(client, policy(), STAMP));
  const pushing = allowed.filter(({ name }) => name.includes("only the server pushes"));
  const spared = allowed.filter(({ name }) => name.includes("only the client sends"));
  const arrived = await arrivedMeanwhile(pushing, { witnesses: spared });
  expect(Object.values(arrived).some((messages) => messages === 0)).toBe(true);
});
