import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";
import { arrivedMeanwhile, openAll, portsFrom, troublesOf } from "./conversations.ts";
import { loadBare, type ShortPolicy, tableFor } from "./governed.ts";

const REVOKED = 3000;
const KEPT = 4000;
const STAMP = { mask: 0xff000000, value: 0x11000000 };
const kept = { name: "kept", allow: portsFrom(KEPT), from: "any", to: "any" };
const revoked = { name: "revoked", allow: portsFrom(REVOKED), from: "any", to: "any" };

let estate: Estate;
let client: Host;
let server: Host;
let agents: { readonly client: AgentShell; readonly server: AgentShell };
beforeAll(async () => {
  estate = await Estate.create({
    hosts: { client: ["10.0.0.1", "fd00::1"], server: ["10.0.0.2", "fd00::2"] },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  agents = { client: await AgentShell.open(client), server: await AgentShell.open(server) };
});
afterEach(async () => {
  await agents.client.run("clear");
  await agents.server.run("clear");
});
afterAll(() => estate?.remove());

function policy(...rules: ShortPolicy["rules"]): ShortPolicy {
  return { managed: [client, server], rules };
}

describe.each([
  ["on the server's host", ["server"], "server"],
  ["on the client's host", ["client"], "client"],
  ["on the server's host, where both enforce", ["client", "server"], "server"],
  ["on the client's host, where both enforce", ["client", "server"], "client"],
] as const)("a permission that is taken away %s", (_where, governed, changed) => {
  test("stops established flows at once, whoever speaks, while others lose nothing", async () => {
    for (const name of governed) await agents[name].apply(policy(kept, revoked));
    await using doomed = await openAll(client, server, REVOKED);
    await using spared = await openAll(client, server, KEPT);
    await agents[changed].apply(policy(kept));
    const arrived = await arrivedMeanwhile(doomed, { witnesses: spared });
    expect(arrived).toEqual(Object.fromEntries(doomed.map(({ name }) => [name, 0])));
    expect(await troublesOf(spared, 1)).toEqual([]);
  });
});

test("a deny that is added stops established flows as well", async () => {
  await agents.server.apply(policy(kept, revoked));
  await using doomed = await openAll(client, server, REVOKED);
  await using spared = await openAll(client, server, KEPT);
  await agents.server.apply(
    policy(
      kept,
      revoked,
      { deny: portsFrom(REVOKED), from: "10.0.0.0/24", to: "managed" },
      { deny: portsFrom(REVOKED), from: "fd00::/64", to: "managed" },
    ),
  );
  const arrived = await arrivedMeanwhile(doomed, { witnesses: spared });
  expect(arrived).toEqual(Object.fromEntries(doomed.map(({ name }) => [name, 0])));
  expect(await troublesOf(spared, 1)).toEqual([]);
});

test("control: the same change without a new stamp lets every flow go on", async () => {
  await loadBare(server, tableFor(server, policy(kept, revoked), STAMP));
  await using doomed = await openAll(client, server, REVOKED);
  await loadBare(server, tableFor(server, policy(kept), STAMP));
  const arrived = await arrivedMeanwhile(doomed, { witnesses: doomed });
  expect(Object.values(arrived).every((messages) => messages > 0)).toBe(true);
});
