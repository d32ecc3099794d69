/** FAULTS.md, row 13, and what else a plan foretells. */

import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AGENT, PINNED_NODE } from "../estate/place.ts";
import { AgentShell } from "../faults/agent-shell.ts";
import { policyText, tableOf } from "./policies.ts";

let estate: Estate;
let client: Host;
let server: Host;
let shell: AgentShell;

/** A daemon that is called so, as far as the kernel and /proc can tell. */
const DAEMON = (name: string, port: number) =>
  `process.title = "${name}"; require("node:net").createServer((s) => s.on("error", () => {}).resume()).listen(${port}, "10.0.0.2", () => console.log("up"))`;

beforeAll(async () => {
  estate = await Estate.create({ hosts: { "web-1": ["10.0.0.1"], "db-1": ["10.0.0.2"] } });
  [client, server] = [estate.host("web-1"), estate.host("db-1")];
  shell = await AgentShell.open(server);
  for (const [name, port] of [
    ["sshd", 2222],
    ["postgres", 22],
  ] as const) {
    const daemon = server.namespace.spawn([PINNED_NODE, "-e", DAEMON(name, port)]);
    if (daemon.stdout) await once(daemon.stdout, "data");
  }
});
afterAll(() => estate?.remove());
beforeEach(() => shell.run("clear"));

const both = { name: "both", allow: ["tcp/22", "tcp/2222"], from: "web", to: "db" };
const neither = { name: "other", allow: "tcp/1", from: "web", to: "db" };
const denied = { name: "closed", deny: "tcp/2222", from: "any", to: "db" };

const write = (name: string, ...rules: readonly Record<string, unknown>[]) =>
  server.write(`${name}.json`, policyText({ rules }));

async function planned(path: string) {
  return JSON.parse(await shell.run("plan", path, "--json"));
}

test("an SSH session is found by what listens and not by its port, and the rule that cuts it is named", async () => {
  await shell.run("apply", await write("both", both));
  await using stack = new AsyncDisposableStack();
  for (const service of ["tcp/22", "tcp/2222"] as const) {
    const session = await client.session("db-1", service, { talk: "tell" });
    stack.defer(() => session.close());
  }
  const before = await tableOf(server);
  const { cuts } = await planned(await write("neither", neither));
  expect(
    cuts.map(({ service, program, ssh, why }: Record<string, unknown>) => [service, program, ssh, why]),
  ).toEqual([
    [
      "tcp/2222",
      "sshd",
      { own: false },
      "no rule allows tcp/2222 from 10.0.0.1 to db-1; db-1 enforces ingress",
    ],
    ["tcp/22", "postgres", null, "no rule allows tcp/22 from 10.0.0.1 to db-1; db-1 enforces ingress"],
  ]);
  const path = await write("denied", both, denied);
  expect((await planned(path)).cuts).toMatchObject([{ service: "tcp/2222", rule: { name: "closed" } }]);
  const text = await shell.attempt("plan", path, "--exit-code");
  expect(text.code).toBe(1);
  expect(text.out).toMatch(
    /1 connection would be cut:\n {4}SSH session tcp 10\.0\.0\.1:\d+ -> 10\.0\.0\.2:2222 \(sshd, root\): closed \(.*\) denies/,
  );
  expect(text.out).toContain("apply with --confirm-within");
  expect(await tableOf(server)).toBe(before);
});

test("a connection that conntrack has never seen is found by its socket", async () => {
  const session = await client.session("db-1", "tcp/2222", { talk: "tell" });
  const { cuts } = await planned(await write("neither", neither));
  expect(cuts).toMatchObject([{ service: "tcp/2222", direction: "ingress", tracked: false }]);
  await session.close();
});

test("what a plan foretells is what an apply does", async () => {
  await shell.run("apply", await write("both", both));
  const session = await client.session("db-1", "tcp/22", { talk: "tell" });
  const path = await write("neither", neither);
  const { effects, cuts, digest } = await planned(path);
  const applied = JSON.parse(await shell.run("apply", path, "--json"));
  expect([applied.effects, applied.digest, applied.cuts.count]).toEqual([effects, digest, cuts.length]);
  expect(await planned(path)).toMatchObject({ wouldChange: false, cuts: [] });
  expect((await shell.attempt("plan", path, "--exit-code")).code).toBe(0);
  await session.close();
});

test("on a terminal an apply asks before it cuts an SSH session, and no is no", async () => {
  await shell.run("apply", await write("both", both));
  const session = await client.session("db-1", "tcp/2222", { talk: "tell" });
  const path = await write("neither", neither);
  const words = [AGENT, "apply", path, "--state-dir", `${server.scratch}/state`];
  const onTerminal = (answer: string) =>
    server.exec(["script", "-qec", words.join(" "), "/dev/null"], { input: answer, env: { NO_COLOR: "1" } });
  const before = await tableOf(server);
  const declined = await onTerminal("n\n");
  expect(declined.stdout).toMatch(/1 connection would be cut:.*SSH session.*Cut them\?/s);
  expect([declined.code, await tableOf(server)]).toEqual([1, before]);
  expect((await onTerminal("yes\n")).code).toBe(0);
  expect(await tableOf(server)).not.toBe(before);
  await session.close();
});

test("a rule's counter and its last hit are in the status", async () => {
  await shell.run("apply", await write("both", both));
  const count = async () => {
    const { rules } = JSON.parse(await shell.run("status", "--json"));
    return rules.find(({ direction }: { direction: string }) => direction === "ingress");
  };
  expect(await count()).toMatchObject({ packets: 0, lastHit: null });
  expect(await client.connect("db-1", "tcp/22")).toBe("connected");
  const first = await count();
  expect(first).toMatchObject({
    packets: 1,
    lastHit: { since: expect.any(String), until: expect.any(String) },
  });
  expect(await count()).toMatchObject({ packets: 1, lastHit: first.lastHit });
});
