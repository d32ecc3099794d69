/** FAULTS.md, row 4: killed between any two steps, or at any moment. */

import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";
import { AgentShell } from "../faults/agent-shell.ts";
import { type PolicyName, tableOf, writePolicies } from "./policies.ts";
import { SteppingAgent } from "./stepping.ts";

let estate: Estate;
let host: Host;
let shell: AgentShell;
let paths: Readonly<Record<string, string>>;
/** What the kernel lists when a policy is in force, and what the state calls it. */
const texts: Record<string, string> = { none: "" };
const digests: Record<string, string | null> = { none: null };

beforeAll(async () => {
  estate = await Estate.create({ hosts: { "db-1": ["10.0.0.2"] } });
  host = estate.host("db-1");
  shell = await AgentShell.open(host);
  paths = await writePolicies(host);
  for (const name of Object.keys(paths)) {
    await apply(name);
    texts[name] = await tableOf(host);
    digests[name] = (await status()).digest;
  }
});
afterAll(() => estate?.remove());
beforeEach(() => shell.run("clear"));

function apply(name: string, ...words: readonly string[]): Promise<string> {
  return shell.run("apply", paths[name] ?? name, ...words);
}

async function status() {
  return JSON.parse((await shell.attempt("status", "--json")).out);
}

/** The old table, the new one, or (before the very first) one that lets everything pass. */
function isWhole(text: string, names: readonly string[]): boolean {
  return text.includes("policy priming ") || names.some((name) => text === texts[name]);
}

/** The next command finds one of these policies, entirely; and after it there is nothing left to say. */
async function expectOneOf(names: readonly string[]): Promise<void> {
  const { digest, kernel } = await status();
  expect(names.map((name) => digests[name])).toContain(digest);
  expect(kernel).toBe(digest === null ? "absent" : "holds");
  expect((await status()).warnings).toEqual([]);
}

const CASES = [
  { what: "a first apply", before: [], operation: ["apply", "new", "db-1"], names: ["none", "new"] },
  { what: "another policy", before: ["old"], operation: ["apply", "new", "db-1"], names: ["old", "new"] },
  {
    what: "other members",
    before: ["old"],
    operation: ["apply", "members", "db-1"],
    names: ["old", "members"],
  },
  { what: "a rollback", before: ["old", "new"], operation: ["rollback"], names: ["old", "new"] },
] as const;

describe.each(CASES)("killed during $what", ({ before, operation, names }) => {
  test("before any step: the old policy or the new one, and the next command puts the rest in order", async () => {
    const died: string[] = [];
    for (let at = 0; ; at++) {
      await shell.run("clear");
      for (const name of before) await apply(name);
      const step = await killedBefore(at, operation);
      if (step === undefined) break;
      died.push(step);
      expect(isWhole(await tableOf(host), names), `killed before ${step}`).toBe(true);
      await expectOneOf(names);
    }
    expect(died).toEqual(expect.arrayContaining(["write-pending", "load", "read-back", "promote"]));
  });
});

async function killedBefore(at: number, operation: readonly string[]): Promise<string | undefined> {
  await using agent = new SteppingAgent(
    host,
    operation.map((word) => paths[word] ?? word),
  );
  return await agent.killBefore(at);
}

describe.each([
  { what: "the begin of a probation", before: [], operation: ["apply", "new", "db-1", "60"] },
  { what: "a confirm", before: ["new"], operation: ["confirm"] },
])("killed during $what", ({ before, operation }) => {
  test("before any step: the old policy, or the new one on probation or confirmed", async () => {
    for (let at = 0; ; at++) {
      await shell.run("clear");
      await apply("old");
      for (const name of before) await apply(name, "--confirm-within", "60s");
      const step = await killedBefore(at, operation);
      if (step === undefined) break;
      const { kernel, digest, probation } = await status();
      const found = [kernel, digest, probation !== null];
      const confirmed = operation[0] === "confirm" ? [["holds", digests.new, false]] : [];
      const old = operation[0] === "confirm" ? [] : [["holds", digests.old, false]];
      expect([...old, ["holds", digests.new, true], ...confirmed], `killed before ${step}`).toContainEqual(
        found,
      );
      expect((await status()).warnings).toEqual([]);
    }
  });
});

/** More with BULKHEAD_KILLS=500, which takes minutes. */
const KILLS = Number(process.env.BULKHEAD_KILLS ?? 12);

test(`killed at ${KILLS} random moments: never a mixture, and the state can be read`, {
  timeout: 3_000_000,
}, async () => {
  const targets: readonly PolicyName[] = ["huge", "old", "new", "members"];
  await apply("old");
  let whole = await durationOf("huge");
  const ends = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const target = targets[kill % targets.length] ?? "old";
    const before = (await status()).digest;
    const child = host.namespace.spawn([
      AGENT,
      "apply",
      paths[target] ?? "",
      "--state-dir",
      `${host.scratch}/state`,
    ]);
    const closed = once(child, "close");
    const began = performance.now();
    // Node starts first; what is worth a kill comes after that.
    await Promise.race([pause(whole * (0.3 + 0.7 * Math.random())), closed]);
    if (child.exitCode !== null) whole = performance.now() - began;
    child.kill("SIGKILL");
    await closed;
    expect(isWhole(await tableOf(host), targets), `kill ${kill} on the way to ${target}`).toBe(true);
    await expectOneOf(targets);
    ends.add((await status()).digest === before ? "old" : "new");
  }
});

/** Milliseconds that a whole command takes here and now. */
async function durationOf(name: PolicyName): Promise<number> {
  const began = performance.now();
  await host.run([AGENT, "apply", paths[name] ?? "", "--state-dir", `${host.scratch}/state`]);
  return performance.now() - began;
}

test("control: a table that was changed in pieces is seen to be a mixture", async () => {
  await apply("old");
  await host.run(["nft", "flush", "chain", "inet", "bulkhead", "ingress"]);
  expect(isWhole(await tableOf(host), Object.keys(texts))).toBe(false);
  expect((await status()).kernel).toBe("changed");
});
