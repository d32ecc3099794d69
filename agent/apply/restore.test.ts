import { afterEach, beforeEach, expect, test } from "vitest";
import { apply } from "./apply.ts";
import { type TestAgent, testAgent } from "./fixtures/agents.ts";
import { ADMINS, policyOfDb } from "./fixtures/policies.ts";
import type { Generation } from "./generation.ts";
import { look } from "./recover.ts";
import { restore } from "./restore.ts";

let agent: TestAgent;
beforeEach(() => {
  agent = testAgent();
});
afterEach(() => agent[Symbol.dispose]());

const A = { policy: policyOfDb({ web: ["10.0.0.11"] }) };
const OTHER_RULES = { policy: policyOfDb({ rules: [ADMINS] }) };
const NOW = 5_000;
const steady = () => NOW;

/** What is in force, and what somebody then deletes. */
async function flushed(wish: Parameters<typeof apply>[0]): Promise<Generation> {
  const { generation } = await apply(wish, agent);
  await agent.kernel.nft.load("delete table inet bulkhead\n");
  return generation;
}

const tableNow = async () => (await agent.kernel.nft.read())?.stableText;

test("what is put back is the very table, its stamp too, and the state need not hear of it", async () => {
  await apply(A, agent);
  const before = [await tableNow(), JSON.stringify(agent.store.read())];
  const generation = await flushed(A);
  expect(await restore({ generation }, agent, steady)).toBe(true);
  expect([await tableNow(), JSON.stringify(agent.store.read())]).toEqual(before);
  expect(await look(agent)).toMatchObject({ held: generation, repair: undefined, notes: [] });
});

test("a probation goes on beside what it falls back to, for as long as its clock had left", async () => {
  const below = (await apply(A, agent)).generation;
  await apply({ ...OTHER_RULES, confirmWithinSeconds: 60 }, agent);
  const before = await tableNow();
  const { generation } = (await look(agent)).trial ?? {};
  if (generation === undefined) throw new Error("nothing is on probation");
  await agent.kernel.nft.load("delete table inet bulkhead\n");
  const holding = { generation, probation: { below, ends: NOW + 30_900 } };
  expect(await restore(holding, agent, steady)).toBe(true);
  expect(await tableNow()).toBe(before);
  expect(await agent.kernel.nft.list()).toContain("timeout 30s");
  const { held, trial } = await look(agent);
  expect([held?.digest, trial?.generation.digest]).toEqual([below.digest, generation.digest]);
});

test("a probation that is over by now is left to those who look first", async () => {
  const generation = await flushed({ ...OTHER_RULES, confirmWithinSeconds: 60 });
  const holding = { generation, probation: { below: undefined, ends: NOW + 900 } };
  expect(await restore(holding, agent, steady)).toBe(false);
  expect(await tableNow()).toBeUndefined();
});

test("where there is a table again, or the kernel refuses, nothing is changed and nothing thrown", async () => {
  const generation = await flushed(A);
  agent.kernel.knobs.failNextLoad = "kernel/nft-slow";
  expect(await restore({ generation }, agent, steady)).toBe(false);
  await agent.kernel.nft.load("table inet bulkhead {\n\tchain theirs {\n\t\taccept\n\t}\n}\n");
  const theirs = await tableNow();
  expect(await restore({ generation }, agent, steady)).toBe(false);
  expect(await tableNow()).toBe(theirs);
});
