/** FAULTS.md, rows 8 and 9, as far as they need no boot: what bulkhead-boot.sh loads on a host whose kernel knows nothing any more. A real boot is in test/machines. */

import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { CHECKOUT } from "../estate/place.ts";
import { AgentShell } from "../faults/agent-shell.ts";
import { policyText, tableOf, writePolicies } from "./policies.ts";
import { SteppingAgent } from "./stepping.ts";

const SCRIPT = join(CHECKOUT, "packaging/systemd/bulkhead-boot.sh");

let estate: Estate;
let host: Host;
let shell: AgentShell;
let state: string;
let paths: Readonly<Record<string, string>>;
/** What the kernel lists when a policy is in force. */
const texts: Record<string, string> = { none: "" };

beforeAll(async () => {
  estate = await Estate.create({ hosts: { "db-1": ["10.0.0.2"], "web-1": ["10.0.0.1"] } });
  host = estate.host("db-1");
  state = join(host.scratch, "state");
  shell = await AgentShell.open(host);
  paths = await writePolicies(host);
  for (const name of ["old", "new"]) {
    await apply(name);
    texts[name] = await tableOf(host);
  }
});
afterAll(() => estate?.remove());
beforeEach(() => shell.run("clear"));

function apply(name: string, ...words: readonly string[]): Promise<string> {
  return shell.run("apply", paths[name] ?? name, ...words);
}

/** The kernel forgets everything, and the host boots. Gives which policy's table is there then. */
async function boot(): Promise<{ table: string; code: number; said: string }> {
  await host.exec(["nft", "delete", "table", "inet", "bulkhead"]);
  return load();
}

async function load(): Promise<{ table: string; code: number; said: string }> {
  // No PATH but the system's, as early in a boot; and no Node on it.
  const clean = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"];
  const { code, stderr } = await host.exec([...clean, SCRIPT, state]);
  const text = await tableOf(host);
  const table = Object.keys(texts).find((name) => texts[name] === text) ?? text;
  return { table, code, said: stderr };
}

const damage = (file: string, how = "cut") =>
  host.run(
    how === "cut" ? ["truncate", "--size=-100", join(state, file)] : ["sed", "-i", how, join(state, file)],
  );

test("the policy in force is loaded as it was, member by member", async () => {
  await apply("old");
  await apply("new");
  expect(await boot()).toEqual({ table: "new", code: 0, said: "" });
  expect(JSON.parse(await shell.run("status", "--json"))).toMatchObject({ kernel: "holds", warnings: [] });
  await shell.run("rollback");
  expect(await boot()).toEqual({ table: "old", code: 0, said: "" });
});

test("a policy on probation is not what a boot loads; confirmed, it is", async () => {
  await apply("old");
  await apply("new", "--confirm-within", "60s");
  expect(await boot()).toEqual({ table: "old", code: 0, said: "" });
  await shell.run("status");
  await apply("new", "--confirm-within", "60s");
  await shell.run("confirm");
  expect(await boot()).toEqual({ table: "new", code: 0, said: "" });
});

test("a host that never had a policy, or has none any more, stays as it is", async () => {
  expect(await boot()).toEqual({ table: "none", code: 0, said: "" });
  await apply("old", "--confirm-within", "60s");
  await shell.run("rollback");
  expect(await boot()).toEqual({ table: "none", code: 0, said: "" });
  await apply("old");
  await apply("new");
  await shell.run("clear");
  expect(await boot()).toEqual({ table: "none", code: 0, said: "" });
});

test("what is in force already is left alone", async () => {
  await apply("old");
  await apply("new");
  await damage("current.nft");
  expect(await load()).toMatchObject({ table: "new", code: 0 });
});

test.each(["cut", "1s/[0-9a-f]$/x/", "s/10.0.0.1/10.0.0.9/", "1s/boot 1/boot 2/", "1,$d"])(
  "a current file that is damaged (%s): the policy before it, and the service has failed",
  async (how) => {
    await apply("new");
    await apply("old");
    await damage("current.nft", how);
    expect(await boot()).toEqual({
      table: "new",
      code: 1,
      said: expect.stringMatching(/<3>.*current\.nft is damaged.*\n<2>.*the one before it is in force/s),
    });
  },
);

test("both damaged: the configured floor; without one the host is open, and that is said as loudly as can be", async () => {
  await apply("new");
  await apply("old");
  await host.run(["cp", join(state, "previous.nft"), join(state, "floor.nft")]);
  await damage("current.nft");
  await host.run(["rm", join(state, "previous.nft")]);
  expect(await boot()).toEqual({ table: "new", code: 1, said: expect.stringContaining("<2>no policy") });
  await damage("floor.nft");
  expect(await boot()).toEqual({ table: "none", code: 1, said: expect.stringContaining("<1>no policy") });
});

test("a text that nft refuses leaves nothing of it behind", async () => {
  await apply("new");
  await apply("old");
  const broken = String.raw`f=$0/current.nft; b=$(tail -n +2 "$f" | sed "s/jump current/jump nowhere/")
    printf "# bulkhead-boot 1 sha256:%s\n%s" "$(printf %s "$b" | sha256sum | cut -d" " -f1)" "$b" >"$f"`;
  await host.run(["sh", "-c", broken, state]);
  expect(await boot()).toEqual({ table: "new", code: 1, said: expect.stringContaining("nft does not take") });
});

test("killed before any step of a change: a boot finds the old policy or the new one, whole", async () => {
  const found = new Set<string>();
  for (let at = 0; ; at++) {
    await shell.run("clear");
    await apply("old");
    await using agent = new SteppingAgent(host, ["apply", paths.new ?? "", "db-1"]);
    const step = await agent.killBefore(at);
    if (step === undefined) break;
    const { table, code, said } = await boot();
    expect([table, code, said], `killed before ${step}`).toEqual([
      expect.stringMatching(/^(old|new)$/),
      0,
      "",
    ]);
    found.add(table);
  }
  expect([...found].sort()).toEqual(["new", "old"]);
});

test.skipIf(process.getuid?.() !== 0)(
  "a rule for a unit holds from the moment on at which the unit starts",
  async () => {
    const rules = [
      { name: "orders", allow: "tcp/5432", from: "web", to: { segment: "db", unit: "db.service" } },
    ];
    await shell.run("apply", await host.write("unit.json", policyText({ rules })), "--as", "db-1");
    // It is there as soon as systemd runs a service, and bulkhead-boot is one.
    await host.run(["mkdir", "/sys/fs/cgroup/system.slice"]);
    expect(await boot()).toMatchObject({ code: 0, said: "" });
    const unit = await host.unit("db.service");
    await unit.listen("tcp/5432");
    await host.listen("tcp/5433");
    const web = estate.host("web-1");
    expect(await web.connect("db-1", "tcp/5432")).toBe("connected");
    expect(await web.connect("db-1", "tcp/5433")).not.toBe("connected");
    await unit.stop();
  },
);
