/** FAULTS.md, row 4: killed between any two steps, or at any moment. */

import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";
import { agent, killedBefore, stateDirectory, statusOf, succeed, tableOf } from "./agent-command.ts";

let estate: Estate;
let host: Host;
/** Path of each policy by its name. */
const paths: Record<string, string> = {};
/** What the kernel lists when a policy is in force, by its name; and what the state then calls it. */
const texts: Record<string, string> = {};
const digests: Record<string, string> = {};

const POLICIES: Readonly<Record<string, object>> = {
  old: { rules: [{ allow: "tcp/22", from: "web", to: "db" }], web: ["10.0.0.1"] },
  members: { rules: [{ allow: "tcp/22", from: "web", to: "db" }], web: ["10.0.0.3"] },
  new: {
    rules: [
      { allow: "tcp/80", from: "any", to: "db" },
      { deny: "udp/53", from: "any", to: "db" },
    ],
    web: ["10.0.0.1"],
  },
  // Longer than any pipe holds at once: half of it would be a policy, too.
  huge: {
    rules: Array.from({ length: 600 }, (_, at) => ({
      allow: `tcp/${at + 1000}`,
      from: `10.1.${at >> 8}.${at % 256}`,
      to: "db",
    })),
    web: ["10.0.0.1"],
  },
};

function policyText({ rules, web }: { rules?: unknown; web?: readonly string[] }): string {
  const others = (web ?? []).map((address, at) => [
    `web-${at}`,
    { addresses: [address], labels: { role: "web" } },
  ]);
  const hosts = {
    "db-1": { addresses: ["10.0.0.2"], labels: { role: "db" } },
    ...Object.fromEntries(others),
  };
  return JSON.stringify({
    segments: { web: { select: "role=web" }, db: { select: "role=db" } },
    rules,
    hosts,
  });
}

beforeAll(async () => {
  estate = await Estate.create({ hosts: { "db-1": ["10.0.0.2"] } });
  host = estate.host("db-1");
  for (const [name, policy] of Object.entries(POLICIES)) {
    paths[name] = await host.write(`${name}.json`, policyText(policy));
    await succeed(host, "apply", paths[name] ?? "");
    texts[name] = await tableOf(host);
    digests[name] = (await statusOf(host)).digest ?? "";
  }
});
afterAll(() => estate?.remove());
beforeEach(() => succeed(host, "clear"));

const path = (name: string) => paths[name] ?? "";

/** What the kernel may hold at the moment of death: the old table, the new one, nothing, or one that lets everything pass because nothing was enforced before. */
function isWhole(text: string, names: readonly string[]): boolean {
  return text === "" || text.includes("policy priming ") || names.some((name) => text === texts[name]);
}

/** What the next command finds: one of these policies, entirely; and once it has run, nothing is left to say. */
async function expectOneOf(names: readonly string[]): Promise<void> {
  const first = await statusOf(host);
  expect(names.map((name) => digests[name] ?? null)).toContain(first.digest);
  expect(["holds", "absent"]).toContain(first.kernel);
  expect((await statusOf(host)).warnings).toEqual([]);
}

interface Case {
  readonly what: string;
  /** Commands that lead to where it begins. */
  readonly before: readonly (readonly string[])[];
  readonly operation: readonly string[];
  /** In force before, and after; `none` is no table. */
  readonly names: readonly string[];
}

const CASES: readonly Case[] = [
  { what: "a first apply", before: [], operation: ["apply", "new", "db-1"], names: ["none", "new"] },
  {
    what: "another policy",
    before: [["apply", "old"]],
    operation: ["apply", "new", "db-1"],
    names: ["old", "new"],
  },
  {
    what: "other members",
    before: [["apply", "old"]],
    operation: ["apply", "members", "db-1"],
    names: ["old", "members"],
  },
  {
    what: "a rollback",
    before: [
      ["apply", "old"],
      ["apply", "new"],
    ],
    operation: ["rollback"],
    names: ["old", "new"],
  },
  {
    what: "a confirm",
    before: [
      ["apply", "old"],
      ["apply", "new", "--confirm-within", "60s"],
    ],
    operation: ["confirm"],
    names: ["old", "new"],
  },
];

describe.each(CASES)("killed during $what", ({ before, operation, names }) => {
  test("before any of its steps: the old policy or the new one, and the next command puts the rest in order", async () => {
    const died: string[] = [];
    for (let at = 0; ; at++) {
      await succeed(host, "clear");
      for (const [command = "", name = "", ...rest] of before)
        await succeed(host, command, path(name), ...rest);
      const words = operation.map((word) => paths[word] ?? word);
      const step = await killedBefore(host, at, words);
      if (step === undefined) break;
      died.push(step);
      const text = await tableOf(host);
      const onTrial = operation[0] === "confirm" && text.includes("set probation");
      expect(onTrial || isWhole(text, names), `killed before ${step}: ${text}`).toBe(true);
      await expectOneOf(names);
    }
    expect(died).toEqual(expect.arrayContaining(["write-pending", "load", "read-back", "promote"]));
  });
});

test("killed during the begin of a probation: the old policy, or the new one on probation", async () => {
  for (let at = 0; ; at++) {
    await succeed(host, "clear");
    await succeed(host, "apply", path("old"));
    const step = await killedBefore(host, at, ["apply", path("new"), "db-1", "60"]);
    if (step === undefined) break;
    const { kernel, digest, probation } = await statusOf(host);
    const isOld = digest === digests["old"] && probation === null;
    const isTrial = digest === digests["new"] && probation !== null;
    expect([kernel, isOld || isTrial], `killed before ${step}`).toEqual(["holds", true]);
  }
});

/** More with BULKHEAD_KILLS=500, which takes minutes. */
const KILLS = Number(process.env.BULKHEAD_KILLS ?? 16);

test(`killed at ${KILLS} random moments: never a mixture, and the state can be read`, {
  timeout: 1_000_000,
}, async () => {
  await succeed(host, "apply", path("old"));
  const began = performance.now();
  await succeed(host, "apply", path("huge"));
  const whole = performance.now() - began;
  const targets = ["huge", "old", "new", "members"];
  for (let kill = 0; kill < KILLS; kill++) {
    const target = targets[kill % targets.length] ?? "";
    const child = host.namespace.spawn([AGENT, "apply", path(target), "--state-dir", stateDirectory(host)]);
    const closed = once(child, "close");
    // The second half is where things happen: Node starts first.
    await pause(whole * (0.3 + 0.7 * Math.random()));
    child.kill("SIGKILL");
    await closed;
    const text = await tableOf(host);
    expect(isWhole(text, targets) && text !== "", `kill ${kill} on the way to ${target}`).toBe(true);
    await expectOneOf(targets);
  }
});

test("control: a table that is loaded in pieces is seen to be a mixture when its loader dies between them", async () => {
  await succeed(host, "apply", path("old"));
  await host.run(["nft", "flush", "chain", "inet", "bulkhead", "ingress"]);
  expect(isWhole(await tableOf(host), Object.keys(POLICIES))).toBe(false);
  expect((await agent(host, ["status"])).code).toBe(1);
});
