import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";
import { arrivedMeanwhile, openAll, portsFrom, troublesOf } from "./conversations.ts";

const ENDING = 3000;
const LASTING = 4000;
/** Milliseconds: long enough to open all conversations on a busy machine. */
const LIFETIME = 6_000;

let estate: Estate;
let client: Host;
let server: Host;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: { client: ["10.0.0.1", "fd00::1"], server: ["10.0.0.2", "fd00::2"] },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
});
afterAll(() => estate?.remove());

test("a rule that expires stops established flows at its end and not before, with no agent alive, and a deny that expires lets them through", async () => {
  const agent = await AgentShell.open(server);
  const end = Date.now() + LIFETIME;
  const expires = new Date(end).toISOString();
  await agent.apply({
    managed: [server],
    rules: [
      { name: "for-a-while", allow: portsFrom(ENDING), from: "any", to: "managed", expires },
      { name: "for-good", allow: [...portsFrom(LASTING), "tcp/22"], from: "any", to: "managed" },
      { name: "freeze", deny: "tcp/22", from: "any", to: "managed", expires },
    ],
  });
  await agent.end();
  await server.listen("tcp/22");
  expect(await client.connect("server", "tcp/22", { timeout: 200 })).toBe("timeout");

  await using ending = await openAll(client, server, ENDING);
  await using lasting = await openAll(client, server, LASTING);
  const early = await arrivedMeanwhile(ending, { witnesses: [...ending, ...lasting] });
  expect(Date.now(), "all of this was to happen before the end").toBeLessThan(end);
  expect(Object.values(early).every((messages) => messages > 0)).toBe(true);

  // The kernel's clock has the same second as ours; what is under way arrives.
  await expect.poll(() => Date.now(), { timeout: LIFETIME * 2, interval: 50 }).toBeGreaterThan(end + 100);
  const late = await arrivedMeanwhile(ending, { witnesses: lasting });
  expect(late).toEqual(Object.fromEntries(ending.map(({ name }) => [name, 0])));
  expect(await troublesOf(lasting)).toEqual([]);
  expect(await client.connect("server", "tcp/22", { timeout: 5_000 })).toBe("connected");
});
