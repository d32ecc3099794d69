/** How long a host that is gone keeps its addresses in groups. */

import { Estate } from "@bulkhead/server/policy/estate.ts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Identity } from "../../agent/link/identity.ts";
import { Stand, Talker } from "./gateway-stand.ts";

const LEASE_SECONDS = 3_600;
const LEASE = LEASE_SECONDS * 1_000;
let stand: Stand;

beforeAll(async () => {
  stand = await Stand.start();
  stand.settings.change({ leaseSeconds: LEASE_SECONDS });
});
afterEach(() => {
  stand.clock.offset = 0;
});
afterAll(() => stand?.[Symbol.asyncDispose]());

/** Joins, is connected once, and is gone again. */
async function visitor(name: string, address: string): Promise<Identity> {
  const identity = await stand.join(name, address);
  await visit(identity, address);
  return identity;
}

async function visit(identity: Identity, address: string): Promise<void> {
  const talker = await Talker.open(stand.url, identity);
  talker.hello([address]);
  await talker.until("welcome");
  talker.close();
  while (stand.estate.isConnected(identity.host)) await new Promise(setImmediate);
}

const endedFor = (name: string) =>
  stand.events.latest({ most: 100, about: name }).filter(({ kind }) => kind === "lease-ended").length;

test("it keeps them until its lease ends, and has them again when it is back", async () => {
  const identity = await visitor("gone", "10.0.0.11");
  stand.clock.offset = LEASE - 60_000;
  stand.estate.endLeases();
  expect(stand.estate.hostAt("10.0.0.11")).toBe("gone");
  stand.clock.offset = LEASE + 60_000;
  stand.estate.endLeases();
  stand.estate.endLeases();
  expect(stand.estate.hostAt("10.0.0.11")).toBeUndefined();
  expect(endedFor("gone")).toBe(1);
  await visit(identity, "10.0.0.11");
  expect(stand.estate.hostAt("10.0.0.11")).toBe("gone");
});

test("one that is connected has no lease to end", async () => {
  const identity = await stand.join("here", "10.0.0.12");
  const talker = await Talker.open(stand.url, identity);
  talker.hello(["10.0.0.12"]);
  await talker.until("welcome");
  expect(stand.estate.leaseEnds(stand.estate.host("here"))).toBeUndefined();
  stand.clock.offset = 2 * LEASE;
  stand.estate.endLeases();
  expect(stand.estate.hostAt("10.0.0.12")).toBe("here");
  stand.clock.offset = 0;
  talker.close();
});

test("an address that another host got meanwhile stays with that one", async () => {
  const identity = await visitor("first", "10.0.0.13");
  await expect(stand.join("second", "10.0.0.13")).rejects.toThrow("first has it");
  stand.clock.offset = LEASE + 60_000;
  stand.estate.endLeases();
  await visitor("second", "10.0.0.13");
  await visit(identity, "10.0.0.13");
  expect(stand.estate.hostAt("10.0.0.13")).toBe("second");
  expect(stand.estate.host("first").addresses).toEqual([]);
});

test("no lease runs while the server is away, and one that has ended stays so", async () => {
  await visitor("kept", "10.0.0.14");
  await visitor("lost", "10.0.0.15");
  const { hosts, versions, events, settings, rollouts } = stand;
  hosts.setLapsed(stand.estate.host("lost").id, stand.now);
  // Away for ten leases.
  stand.clock.offset = 10 * LEASE;
  const parts = { hosts, versions, events, settings, rollouts, publish: () => {} };
  const after = new Estate({ ...parts, now: () => stand.now });
  after.endLeases();
  expect(after.hostAt("10.0.0.14")).toBe("kept");
  expect(after.hostAt("10.0.0.15")).toBeUndefined();
  stand.clock.offset = 11 * LEASE + 60_000;
  after.endLeases();
  expect(after.hostAt("10.0.0.14")).toBeUndefined();
});
