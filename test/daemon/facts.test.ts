/** What a policy depends on, followed: units that restart, DNS names, accounts. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";
import { Daemon } from "./daemon.ts";
import { HOSTS, policyText, writePolicy } from "./policies.ts";

const NAME_SERVER = fileURLToPath(new URL("inside/name-server.ts", import.meta.url));

let estate: Estate;
let host: Host;
let daemon: Daemon | undefined;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
});
afterAll(() => estate?.remove());
afterEach(async () => {
  await daemon?.end();
  await daemon?.ask("clear", "--yes");
  daemon = undefined;
});

async function enforce(...rules: readonly string[]): Promise<Daemon> {
  const folder = await writePolicy(host, policyText(...rules));
  daemon = await Daemon.enforcing(host, folder, { words: ["--as", "db-1"] });
  return daemon;
}

async function elements(set: string): Promise<string> {
  return host.run(["nft", "list", "set", "inet", "bulkhead", set]);
}

describe("units", () => {
  const UNIT = "{ name: orders, allow: tcp/5432, from: web, to: { segment: db, unit: pg.service } }";

  test.skipIf(!("getuid" in process) || process.getuid?.() !== 0)(
    "a unit that starts, and one that restarts, is followed without a rewritten table",
    async () => {
      const running = await enforce(UNIT);
      const call = () => estate.host("web-1").probe([{ to: "db-1", service: "tcp/5432" }]);
      let unit = await host.unit("pg.service");
      await unit.listen("tcp/5432");
      expect(await running.until("policy-in-force", 1)).toMatchObject({ way: "members" });
      expect(await call()).toEqual(["connected"]);
      await unit.stop();
      await running.until("policy-in-force", 2);
      unit = await host.unit("pg.service");
      await unit.listen("tcp/5432");
      expect(await running.until("policy-in-force", 3)).toMatchObject({ way: "members" });
      expect(await call()).toEqual(["connected"]);
      await unit.stop();
      // What nft prints of a cgroup that is gone is no change of anybody's.
      expect(running.lines("tampering")).toEqual([]);
      // Control: the same port in another unit, and in none.
      const other = await host.unit("other.service");
      await other.listen("tcp/5432");
      expect(await call()).toEqual(["timeout"]);
      await other.stop();
    },
  );
});

/** A name server on this host, which answers what it was told last. */
class NameServer {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<NameServer> {
    const child = host.namespace.spawn([PINNED_NODE, NAME_SERVER], { stdio: ["pipe", "pipe", "inherit"] });
    if (child.stdout === null) throw new Error("the name server has no output");
    await once(child.stdout, "data");
    return new NameServer(child);
  }

  /** Addresses by name, each with this time to live; a name that is missing does not exist, and `null` is a server that fails. */
  async knows(names: Readonly<Record<string, readonly string[]>> | null, ttl = 1): Promise<void> {
    this.#child.stdin?.write(`${JSON.stringify({ names, ttl })}\n`);
    if (this.#child.stdout !== null) await once(this.#child.stdout, "data");
  }

  async end(): Promise<void> {
    const closed = once(this.#child, "close");
    this.#child.kill();
    await closed;
  }
}

describe("names", () => {
  const NAMED = "{ name: pay, allow: tcp/443, from: db, to: partner }";
  const SEGMENT = "segments:\n  partner: { names: [pay.example] }\n";

  test("a name's addresses are followed, and a server that fails takes none away", async () => {
    await host.run([
      "mount",
      "--bind",
      await host.write("resolv.conf", "nameserver 127.0.0.1\n"),
      "/etc/resolv.conf",
    ]);
    const server = await NameServer.start();
    await server.knows({ "pay.example": ["203.0.113.7"] });
    await host.write("policy/partner.yaml", SEGMENT);
    const running = await enforce(NAMED);
    expect(await elements("partner_4")).toContain("203.0.113.7");
    await server.knows({ "pay.example": ["203.0.113.8", "203.0.113.7"] });
    running.child.kill("SIGHUP");
    expect(await running.until("policy-in-force", 1)).toMatchObject({ way: "members" });
    expect(await elements("partner_4")).toMatch(/203\.0\.113\.7, 203\.0\.113\.8/);
    await server.knows(null);
    running.child.kill("SIGHUP");
    // What the server answers next, it answers after the failure.
    await server.knows({ "pay.example": ["203.0.113.9"] });
    running.child.kill("SIGHUP");
    await running.until("policy-in-force", 2);
    const found = await elements("partner_4");
    for (const address of ["203.0.113.7", "203.0.113.8", "203.0.113.9"]) expect(found).toContain(address);
    await server.end();
    await host.run(["umount", "/etc/resolv.conf"]);
    await writeFile(`${host.scratch}/policy/partner.yaml`, "{}\n");
  });
});

describe("accounts", () => {
  test("an account that is made later is found", async () => {
    const passwd = await host.write("passwd", "root:x:0:0::/root:/bin/sh\n");
    await host.run(["mount", "--bind", passwd, "/etc/passwd"]);
    const running = await enforce(
      "{ name: out, allow: tcp/443, from: { segment: db, user: payer }, to: web }",
    );
    expect(running.lines("policy-in-force")[0]?.missing).toEqual([
      "the account payer does not exist on this host",
    ]);
    await writeFile(passwd, "root:x:0:0::/root:/bin/sh\npayer:x:4711:4711::/:/bin/false\n");
    running.child.kill("SIGHUP");
    expect(await running.until("policy-in-force", 1)).toMatchObject({ missing: [] });
    expect(await elements("account_payer")).toContain("4711");
    await host.run(["umount", "/etc/passwd"]);
  });
});
