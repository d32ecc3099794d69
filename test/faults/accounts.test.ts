import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Listener, Session } from "../estate/conversation.ts";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import type { Speaker } from "../estate/speaker.ts";
import { AgentShell } from "./agent-shell.ts";

const SHOP = 1001;
const ADMIN = 1002;
const PASSWD = `${readFileSync("/etc/passwd", "utf8").trimEnd()}
shop:x:${SHOP}:${SHOP}::/nonexistent:/bin/false
admin:x:${ADMIN}:${ADMIN}::/nonexistent:/bin/false
`;

let estate: Estate;
let client: Host;
let agent: AgentShell;
let shop: Speaker;
let listener: Listener;
let clock: Session;

// The client's host is governed. Its peer speaks all the time, and so does who called it: neither waits for the other.
beforeAll(async () => {
  estate = await Estate.create({
    hosts: { client: { addresses: ["10.0.0.1"], files: { "/etc/passwd": PASSWD } }, server: ["10.0.0.2"] },
  });
  if (!estate.can.accounts) return;
  client = estate.host("client");
  agent = await AgentShell.open(client);
  shop = await client.account(SHOP);
  listener = await estate.host("server").listen("udp/5432", { answer: "push" });
  await estate.host("server").listen("udp/53");
});
afterAll(() => estate?.remove());

const time = { name: "time", allow: "udp/53", from: "managed", to: "any" };
const forAccount = (user: string) => ({
  name: `for-${user}`,
  allow: "udp/5432",
  from: { segment: "managed", user },
  to: "10.0.0.2",
});

function apply(...rules: Record<string, unknown>[]): Promise<string> {
  return agent.apply({ managed: [client], rules: [time, ...rules] });
}

/** What arrives at the server from the account while a conversation that is allowed throughout goes on. */
async function sentMeanwhile(session: Session): Promise<number> {
  const sent = async () => (await listener.heard())[`10.0.0.1:${session.localPort}`]?.received ?? 0;
  const before = await sent();
  expect(await clock.receivesMore(40)).toBe(true);
  return (await sent()) - before;
}

test("an account's flow goes on when it is asked again, and ends when the rule is another account's, though the other side never stops talking", async ({
  skip,
}) => {
  if (!estate.can.accounts) skip("no right to change accounts");
  await apply(forAccount("shop"), { name: "spare", allow: "udp/99", from: "managed", to: "any" });
  clock = await client.session("server", "udp/53");
  const talking = await shop.session("server", "udp/5432", { talk: "ask" });
  const hearing = await shop.session("server", "udp/5432", { talk: "hear" });
  // A permission of somebody else goes, so every flow is asked again; who only hears has nothing but replies to be known by.
  await apply(forAccount("shop"));
  expect(await talking.receivesMore(20)).toBe(true);
  expect(await hearing.receivesMore(20)).toBe(true);
  expect(await sentMeanwhile(talking)).toBeGreaterThan(0);
  await apply(forAccount("admin"));
  expect(await sentMeanwhile(talking)).toBe(0);
  // Nothing is left of the rule: replies stop as well.
  await apply();
  expect(await hearing.receivesMore(1, 300)).toBe(false);
});

test("a deny for an account stops its established flow, though replies, which bear no account, match the allow", async ({
  skip,
}) => {
  if (!estate.can.accounts) skip("no right to change accounts");
  const everybody = { name: "everybody", allow: "udp/5432", from: "managed", to: "10.0.0.2" };
  await apply(everybody);
  clock = await client.session("server", "udp/53");
  const talking = await shop.session("server", "udp/5432", { talk: "ask" });
  expect(await sentMeanwhile(talking)).toBeGreaterThan(0);
  await apply(everybody, { ...forAccount("shop"), name: "not-shop", allow: undefined, deny: "udp/5432" });
  expect(await sentMeanwhile(talking)).toBe(0);
});
