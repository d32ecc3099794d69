/** FAULTS.md, rows 23, 24 and 42 at the door for agents: those who fall silent, and many who come at once. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Identity } from "../../agent/link/identity.ts";
import { Stand, Talker } from "./gateway-stand.ts";

const HEARTBEAT = 1_000;
const CROWD = 60;
let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start({ heartbeat: HEARTBEAT });
});
afterAll(() => stand?.[Symbol.asyncDispose]());

async function greeted(
  identity: Identity,
  address: string,
  options: { autoPong?: boolean } = {},
): Promise<Talker> {
  const talker = await Talker.open(stand.url, identity, options);
  talker.hello([address]);
  await talker.until("welcome");
  return talker;
}

const STATE = {
  version: 0,
  digest: null,
  kernel: "holds",
  enforcement: "enforcing",
  why: null,
  modes: null,
  since: null,
  cuts: 0,
  tamperings: 0,
  lastTampering: null,
  notes: [],
  watching: true,
  spool: { unsent: 0, lost: 0 },
};

test("who says nothing any more is known to be gone; who answers stays", async () => {
  const [alive, dead] = [await stand.join("alive", "10.0.0.1"), await stand.join("dead", "10.0.0.2")];
  const living = await greeted(alive, "10.0.0.1");
  const dying = await greeted(dead, "10.0.0.2", { autoPong: false });
  await dying.closed;
  expect(stand.estate.isConnected("dead")).toBe(false);
  expect(stand.estate.isConnected("alive")).toBe(true);
  // A clock that jumps is no silence.
  stand.clock.offset = 3_600_000;
  living.say({ type: "addresses", addresses: ["10.0.0.3"] });
  while (stand.estate.host("alive").addresses[0] !== "10.0.0.3") await new Promise(setImmediate);
  expect(stand.estate.isConnected("alive")).toBe(true);
  stand.clock.offset = 0;
  living.close();
  await living.closed;
});

test("what a host said long ago is not told as true", async () => {
  const pushed = stand.versions.push(
    [{ name: "p.yaml", text: "rules: [{ name: r, allow: tcp/1, from: any, to: any }]" }],
    { author: "a test", message: "" },
  );
  stand.estate.provision(pushed.number ?? 0, "a test", "provision");
  const talker = await greeted(await stand.join("sleepy", "10.0.0.9"), "10.0.0.9");
  await talker.until("policy");
  const digest = stand.estate.distribution.expected("sleepy")?.digest;
  talker.say({ type: "state", state: { ...STATE, version: 1, digest } });
  const sync = () => stand.estate.sync(stand.estate.host("sleepy")).state;
  while (sync() !== "in-sync") await new Promise(setImmediate);
  stand.clock.offset = 31_000;
  expect(sync()).toBe("unknown");
  // Enforcing by its own words, with another table than the one that it should have: that is not in sync either.
  talker.say({ type: "state", state: { ...STATE, version: 1, digest: "0-0" } });
  while (sync() === "unknown") await new Promise(setImmediate);
  expect(sync()).toBe("behind");
  stand.clock.offset = 0;
  talker.close();
  await talker.closed;
});

test("a host that enforces something else for a while is sent everything anew", async () => {
  const talker = await greeted(await stand.join("astray", "10.0.0.10"), "10.0.0.10");
  const policies = () => talker.heard.filter(({ type }) => type === "policy").length;
  await talker.until("policy");
  const wrong = { type: "state", state: { ...STATE, version: 1, digest: "0-0" } };
  const heard = async () => {
    // What is answered last was handled last.
    talker.say({ type: "addresses", addresses: ["10.0.0.10", "198.51.100.1"] });
    await talker.until("refused", talker.heard.filter(({ type }) => type === "refused").length);
  };
  talker.say(wrong);
  await heard();
  stand.clock.offset = 29_000;
  talker.say(wrong);
  await heard();
  expect(policies()).toBe(1);
  stand.clock.offset = 31_000;
  talker.say(wrong);
  await talker.until("policy", 1);
  talker.say(wrong);
  await heard();
  expect(policies()).toBe(2);
  stand.clock.offset = 0;
  talker.close();
  await talker.closed;
});

test("many that come back at once are all taken in, and each has its policy", async () => {
  const token = stand.token({ uses: CROWD });
  const addresses = Array.from({ length: CROWD }, (_, at) => `10.1.${at >> 8}.${at & 255}`);
  const crowd = await Promise.all(addresses.map((address, at) => stand.join(`crowd-${at}`, address, token)));
  for (const _round of [1, 2]) {
    const talkers = await Promise.all(crowd.map((one, at) => greeted(one, addresses[at] ?? "")));
    await Promise.all(talkers.map((talker) => talker.until("policy")));
    expect(crowd.every(({ host }) => stand.estate.isConnected(host))).toBe(true);
    for (const talker of talkers) talker.close();
    await Promise.all(talkers.map(({ closed }) => closed));
  }
});
