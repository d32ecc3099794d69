/** FAULTS.md, row 19: commands at the same time; and signals in the middle of one. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";
import { AgentShell } from "../faults/agent-shell.ts";
import { type PolicyName, writePolicies } from "./policies.ts";
import { SteppingAgent } from "./stepping.ts";

let estate: Estate;
let host: Host;
let shell: AgentShell;
let paths: Readonly<Record<PolicyName, string>>;

beforeAll(async () => {
  estate = await Estate.create({ hosts: { "db-1": ["10.0.0.2"] } });
  host = estate.host("db-1");
  shell = await AgentShell.open(host);
  paths = await writePolicies(host);
});
afterAll(() => estate?.remove());
beforeEach(async () => {
  await shell.run("clear");
  await shell.run("apply", paths.old);
});

const state = () => `${host.scratch}/state`;
const apply = (name: PolicyName, ...words: readonly string[]) => [
  AGENT,
  "apply",
  paths[name],
  "--state-dir",
  state(),
  ...words,
];

async function status() {
  return JSON.parse((await shell.attempt("status", "--json")).out);
}

test("two at once wait for one another, and the last one's policy is in force, entirely", async () => {
  const [first, second] = await Promise.all([host.exec(apply("new")), host.exec(apply("members"))]);
  expect([first.code, second.code]).toEqual([0, 0]);
  const { kernel, warnings } = await status();
  expect([kernel, warnings]).toEqual(["holds", []]);
});

test("who does not want to wait is told who is at work, and looking is possible meanwhile", async () => {
  await using other = new SteppingAgent(host, ["apply", paths.new, "db-1"]);
  while ((await other.waiting()) !== "load") other.goOn();
  const { code, err } = await shell.attempt("apply", paths.members, "--lock-wait", "0s");
  expect(code).toBe(3);
  expect(err).toMatch(/^bulkhead-agent: process \d+ \('apply', since .*\) holds .* \[apply\/locked\]\n/);
  const looked = await shell.attempt("status", "--json");
  expect(JSON.parse(looked.out)).toMatchObject({ kernel: "holds", warnings: [{ code: "apply/locked" }] });
});

test("two state directories of one network namespace are one kernel, and so one lock", async () => {
  await using other = new SteppingAgent(host, ["apply", paths.new, "db-1"]);
  await other.waiting();
  const { code, stderr } = await host.exec([
    AGENT,
    ...["apply", paths.old, "--lock-wait", "0s", "--state-dir", `${host.scratch}/elsewhere`],
  ]);
  expect([code, stderr]).toEqual([3, expect.stringMatching(/holds \/run\/bulkhead\/netns-\d+\.lock/)]);
});

test("who waits gets its turn when the other is killed", async () => {
  await using other = new SteppingAgent(host, ["apply", paths.new, "db-1"]);
  await other.waiting();
  const waiting = host.exec(apply("members"));
  await other.kill();
  expect((await waiting).code).toBe(0);
  expect((await status()).kernel).toBe("holds");
});

/** An apply in a session of its own, as under a terminal. */
function started(words: readonly string[]): {
  child: ChildProcess;
  ended: Promise<readonly [number | null, string]>;
} {
  const [command = "", ...rest] = host.namespace.inside(words);
  const child = spawn(command, rest, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  return { child, ended: once(child, "close").then(([code]) => [code, said] as const) };
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s while it waits ends it, and nothing has changed",
  async (signal) => {
    await using other = new SteppingAgent(host, ["apply", paths.new, "db-1"]);
    await other.waiting();
    const { child, ended } = started(apply("members"));
    // From here on it hears signals; whatever it does just then must be left alone.
    while (!(await isWaiting(child.pid ?? 0))) await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(-(child.pid ?? 0), signal);
    const [code, said] = await ended;
    expect([code, said]).toEqual([3, expect.stringContaining("[apply/interrupted]")]);
  },
);

/** Whether the process listens for signals, which it does before it takes the lock. */
async function isWaiting(pid: number): Promise<boolean> {
  const { stdout } = await host.exec([
    "sh",
    "-c",
    `cat /proc/${pid}/task/*/children /proc/${pid}/status 2>/dev/null`,
  ]);
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(stdout)?.[1] ?? "0";
  const INT_AND_HUP = 0b11n;
  return (BigInt(`0x${caught}`) & INT_AND_HUP) === INT_AND_HUP;
}
