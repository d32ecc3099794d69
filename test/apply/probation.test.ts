/** FAULTS.md, row 12: a policy that cuts everybody off goes back by itself. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";
import { AgentShell } from "../faults/agent-shell.ts";
import { type PolicyName, writePolicies } from "./policies.ts";

let estate: Estate;
let client: Host;
let server: Host;
let shell: AgentShell;
let paths: Readonly<Record<PolicyName, string>>;

beforeAll(async () => {
  estate = await Estate.create({ hosts: { "web-1": ["10.0.0.1"], "db-1": ["10.0.0.2"] } });
  [client, server] = [estate.host("web-1"), estate.host("db-1")];
  await server.listen("tcp/22");
  shell = await AgentShell.open(server);
  paths = await writePolicies(server);
});
afterAll(() => estate?.remove());
// `old` lets the client in, `new` does not.
beforeEach(async () => {
  await shell.run("clear");
  await shell.run("apply", paths.old);
});

async function status() {
  return JSON.parse((await shell.attempt("status", "--json")).out);
}

const reach = () => client.connect("db-1", "tcp/22", { timeout: 300 });

/** Until the client gets through (again), or patience is over. */
async function comesBack(): Promise<boolean> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) if ((await reach()) === "connected") return true;
  return false;
}

test("the old policy is back by itself, though the agent was killed and its terminal hung up", async () => {
  const command = [
    AGENT,
    "apply",
    paths.new,
    "--confirm-within",
    "6s",
    "--state-dir",
    `${server.scratch}/state`,
  ];
  const [program = "", ...words] = server.namespace.inside([
    "script",
    "-qec",
    // Still open when it is killed, however quick the command was.
    `${command.join(" ")}; sleep 30`,
    "/dev/null",
  ]);
  const terminal = spawn(program, words, { stdio: "ignore", detached: true });
  const closed = once(terminal, "close");
  while ((await status()).probation === null) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(-(terminal.pid ?? 0), "SIGKILL");
  await closed;
  expect(await reach()).toBe("timeout");
  await shell.end();
  // Nothing of ours is alive now.
  expect(await comesBack()).toBe(true);

  shell = await AgentShell.open(server);
  const looked = await shell.attempt("status", "--json");
  expect(looked.err).toMatch(/was on probation and not confirmed in time \[apply\/probation-lapsed\]/);
  expect(JSON.parse(looked.out)).toMatchObject({ kernel: "holds", probation: null });
  expect(await server.run(["nft", "list", "table", "inet", "bulkhead"])).not.toContain("next_");
});

test("control: the same policy without a probation stays", async () => {
  await shell.run("apply", paths.new);
  expect([await reach(), await reach()]).toEqual(["timeout", "timeout"]);
});

test("without a policy before it, going back means that nothing is enforced", async () => {
  await shell.run("clear");
  await shell.run("apply", paths.new, "--confirm-within", "2s");
  expect(await comesBack()).toBe(true);
  const { code, err } = await shell.attempt("confirm");
  expect([code, err]).toEqual([1, expect.stringContaining("[apply/probation-lapsed]")]);
  expect((await status()).kernel).toBe("absent");
});

test("a confirm keeps it, takes the clock away, and cuts nobody who is allowed", async () => {
  await server.listen("tcp/80");
  await shell.run("apply", paths.new, "--confirm-within", "60s");
  const session = await client.session("db-1", "tcp/80");
  expect(await session.receivesMore(1)).toBe(true);
  await shell.run("confirm");
  expect(await session.receivesMore(20)).toBe(true);
  expect((await session.traffic()).ended).toBeNull();
  await session.close();
  expect(await server.run(["nft", "list", "table", "inet", "bulkhead"])).not.toContain("probation");
  expect(await reach()).toBe("timeout");
});

test("a rollback ends it at once", async () => {
  await shell.run("apply", paths.new, "--confirm-within", "60s");
  expect(await reach()).toBe("timeout");
  expect(await shell.run("rollback")).toMatch(
    /which was on probation, is gone; policy [0-9a-f]{12} is in force again/,
  );
  expect(await reach()).toBe("connected");
});
