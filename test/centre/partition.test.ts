/** FAULTS.md, rows 7, 23 and 24 with real agents: a server that flaps, a network that is cut, and what nobody takes meanwhile. */

import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Daemon } from "../daemon/daemon.ts";
import { Estate } from "../estate/estate.ts";
import { Centre } from "./centre.ts";

const FLAPS = 3;
const POLICY = `
segments:
  web: { select: "role=web" }
  db: { select: "role=db" }
rules:
  - { name: orders, allow: tcp/5432, from: web, to: db }
`;
let estate: Estate;
let centre: Centre;
const daemons = new Map<string, Daemon>();

beforeAll(async () => {
  estate = await Estate.create({
    hosts: { hub: ["10.0.0.5"], "web-1": ["10.0.0.11"], "web-2": ["10.0.0.12"], "db-1": ["10.0.0.21"] },
  });
  centre = await Centre.start(estate.host("hub"));
  await estate.host("db-1").listen("tcp/5432");
  for (const [name, role] of [
    ["web-1", "web"],
    ["web-2", "web"],
    ["db-1", "db"],
  ] as const)
    daemons.set(name, await centre.join(estate.host(name), name, `role=${role}`));
  for (const daemon of daemons.values()) await daemon.until("link-up");
  await centre.provision(POLICY);
  await centre.settled("web-1", "web-2", "db-1");
});
afterAll(async () => {
  for (const daemon of daemons.values()) await daemon.end();
  await centre?.end();
  await estate?.remove();
});

const call = async (from: string) =>
  (await estate.host(from).probe([{ to: "db-1", service: "tcp/5432" }]))[0];
const ups = (name: string) => daemons.get(name)?.lines("link-up").length ?? 0;

/** Counts what anybody commits to the ruleset of a host. */
class Commits {
  readonly #child: ChildProcess;
  #text = "";

  constructor(host: string) {
    this.#child = estate
      .host(host)
      .namespace.spawn(["nft", "monitor"], { stdio: ["ignore", "pipe", "inherit"] });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
    });
  }

  get count(): number {
    return this.#text.match(/new generation/g)?.length ?? 0;
  }

  end(): void {
    this.#child.kill();
  }
}

test("a server that flaps writes nothing to a kernel, and nobody is left out", async () => {
  const commits = new Commits("db-1");
  // The control: a change is seen.
  await centre.ask("host", "label", "web-2", "--labels", "role=guest");
  while (commits.count === 0) await new Promise(setImmediate);
  await centre.settled("db-1", "web-1", "web-2");
  const before = commits.count;
  for (let flap = 0; flap < FLAPS; flap++) {
    const seen = [...daemons.keys()].map((name) => [name, ups(name)] as const);
    await centre.end(flap % 2 === 0 ? "SIGKILL" : "SIGTERM");
    await centre.start();
    for (const [name, count] of seen) await daemons.get(name)?.until("link-up", count);
    expect(await call("web-1")).toBe("connected");
  }
  await centre.settled("db-1", "web-1", "web-2");
  expect(commits.count).toBe(before);
  expect(await call("web-2")).toBe("timeout");
  commits.end();
});

test("a change that was made while a host could not be reached is in force as soon as it can", async () => {
  const db = estate.host("db-1");
  // Nothing of the server arrives and nothing goes there; neither end is told.
  await db.run(["nft", "-f", "-"], {
    input: `table ip cut {
      chain in { type filter hook input priority -300; ip saddr 10.0.0.5 drop; }
      chain out { type filter hook output priority -300; ip daddr 10.0.0.5 drop; }
    }`,
  });
  expect((await centre.ask("host", "label", "web-2", "--labels", "role=web")).code).toBe(0);
  await centre.settled("web-1", "web-2");
  // What concerns the others is in force; the one behind the cut goes on with what it has.
  expect([await call("web-1"), await call("web-2")]).toEqual(["connected", "timeout"]);
  const seen = ups("db-1");
  await db.run(["nft", "delete", "table", "ip", "cut"]);
  await Promise.race([daemons.get("db-1")?.until("link-up", seen), centre.settled("db-1")]);
  await centre.settled("db-1");
  expect(await call("web-2")).toBe("connected");
});

test("what is seen while nobody takes it is kept, also over a kill of the agent, and told later", async () => {
  await centre.end("SIGKILL");
  for (let turn = 0; turn < 3; turn++) expect(await call("web-1")).toBe("connected");
  await daemons.get("web-1")?.end("SIGKILL");
  const again = Daemon.start(estate.host("web-1"), undefined);
  daemons.set("web-1", again);
  expect(await again.until("policy-in-force")).toMatchObject({ outcome: "unchanged" });
  expect(await call("web-1")).toBe("connected");
  await centre.start();
  await again.until("link-up");
  const total = async () => {
    const { stdout } = await centre.ask("flows", "--json", "--service", "tcp/5432", "--from", "web-1");
    return stdout
      .split("\n")
      .flatMap((line) =>
        line === "" ? [] : [JSON.parse(line) as { connections: number; ingress: object | null }],
      )
      .filter(({ ingress }) => ingress !== null)
      .reduce((sum, { connections }) => sum + connections, 0);
  };
  // db-1 saw all of them, those included that the killed daemon of web-1 had not written down yet.
  while ((await total()) < 4);
  const { stdout } = await centre.ask("host", "show", "web-1");
  expect(stdout).toContain("connected");
});
