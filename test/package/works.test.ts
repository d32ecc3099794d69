/** What is in the packages works where they are installed, and their scripts do what installing, upgrading and removing mean. */

import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DebScript, debScripts } from "../../packaging/package/maintainer-scripts.ts";
import { Daemon } from "../daemon/daemon.ts";
import { HOSTS, ORDERS, policyText, writePolicy } from "../daemon/policies.ts";
import { PATIENCE } from "../estate/conversation.ts";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { CHECKOUT } from "../estate/place.ts";
import { builtPackages, missing, packageIn, TARGET, Workshop } from "./built.ts";
import { install } from "./installed.ts";

const lack = missing();
/** Without it Debian's helper does nothing. */
const AS_DPKG = { DPKG_MAINTSCRIPT_PACKAGE: "bulkhead-agent" };

/** Opens the page as a browser does, and the code that it names. */
const VISIT = `
const page = await fetch("https://10.0.0.21:8443/", { headers: { accept: "text/html" } });
const text = await page.text();
console.log(page.status, /<title>.*<.title>/.exec(text)?.[0]);
const code = await fetch(new URL(/src="([^"]+[.]js)"/.exec(text)[1], page.url));
console.log(code.status, code.headers.get("content-type"));
`;

describe.skipIf(lack !== undefined)(
  `installed on ${TARGET.deb}${lack === undefined ? "" : ` (${lack})`}`,
  () => {
    let workshop: Workshop;
    let estate: Estate;
    let host: Host;
    let policy: string;

    beforeAll(async () => {
      workshop = new Workshop();
      const out = await builtPackages();
      estate = await Estate.create({ hosts: HOSTS });
      host = estate.host("db-1");
      const root = await workshop.unpack(packageIn(out, "bulkhead-agent", "deb"), "root");
      await workshop.unpack(packageIn(out, "bulkhead-server", "deb"), "root");
      await install(host, root);
      policy = await writePolicy(host, policyText(ORDERS));
    }, 300_000);
    afterAll(async () => {
      await estate?.remove();
      workshop?.[Symbol.dispose]();
    });

    test("both programs say their version, and the operator's checks a policy", async () => {
      expect(await host.run(["bulkhead-agent", "--version"])).toBe("0.1.0\n");
      expect(await host.run(["bulkhead", "--version"])).toBe("0.1.0\n");
      expect(await host.run(["bulkhead", "check", join(CHECKOUT, "examples")])).toContain("no errors");
    });

    /** Runs one of the package's own scripts, as dpkg would. */
    const script = (name: DebScript, ...words: string[]) =>
      host.exec(["sh", "-s", "--", ...words], { input: debScripts(CHECKOUT, "agent")[name], env: AS_DPKG });
    const left = () => host.run(["find", "/etc", "/var/lib", "/run", "-path", "*bulkhead*"]);
    const ruleset = () => host.run(["nft", "list", "ruleset"]);

    test("installing makes no rule; removing takes the rules away and says that the host is open; purging leaves nothing", async () => {
      expect(await script("postinst", "configure")).toMatchObject({ code: 0 });
      expect(await ruleset()).toBe("");
      expect(await left()).toContain("/etc/systemd/system/multi-user.target.wants/bulkhead-agent.service");
      await host.run(["bulkhead-agent", "apply", policy, "--as", "db-1"]);
      const before = await ruleset();
      expect(before).toContain("table inet bulkhead");
      expect((await host.exec(["bulkhead-agent", "status"])).code).toBe(0);
      expect(await script("prerm", "upgrade", "0.2.0-1")).toEqual({ code: 0, stdout: "", stderr: "" });
      expect(await script("postinst", "configure", "0.1.0-1")).toMatchObject({ code: 0 });
      expect(await ruleset()).toBe(before);
      const removed = await script("prerm", "remove");
      expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("this host is open") });
      expect(await ruleset()).toBe("");
      await host.run(["sh", "-c", "mkdir -p /var/lib/bulkhead && touch /var/lib/bulkhead/flows"]);
      expect((await script("postrm", "remove")).code).toBe(0);
      expect(await left()).toContain("/var/lib/bulkhead/flows");
      // dpkg's own part of a purge.
      await host.run(["rm", "/etc/bulkhead/agent.yaml"]);
      expect(await script("postrm", "purge")).toEqual({ code: 0, stdout: "", stderr: "" });
      expect(await left()).toBe("");
    });

    test("a new program that does not start here is not put in the old one's place", async () => {
      const broken = join(host.scratch, "broken");
      await mkdir(broken);
      await writeFile(join(broken, "bulkhead-agent"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
      const script = debScripts(CHECKOUT, "agent").postinst;
      const env = { PATH: `${broken}:${process.env.PATH}` };
      const failed = await host.exec(["sh", "-s", "--", "configure", "0.1.0-1"], { input: script, env });
      expect(failed).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("does not start on this system"),
      });
    });

    test("where the program cannot take the rules away, nft does", async () => {
      await host.run(["bulkhead-agent", "apply", policy, "--as", "db-1"]);
      const script = debScripts(CHECKOUT, "agent").prerm;
      const env = { BULKHEAD_CONFIG: "/nowhere.yaml" };
      const removed = await host.exec(["sh", "-s", "--", "remove"], { input: script, env });
      expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("this host is open") });
      expect(await ruleset()).toBe("");
      await host.run(["bulkhead-agent", "clear", "--yes"]);
    });

    test("the daemon enforces, sees with its thread, and keeps what it sees", async () => {
      const daemon = await Daemon.enforcing(host, policy, {
        words: ["--as", "db-1"],
        program: "bulkhead-agent",
      });
      try {
        await host.listen("tcp/5432");
        const probe = [{ to: "db-1", service: "tcp/5432", timeout: PATIENCE }] as const;
        expect(await estate.host("web-1").probe(probe)).toEqual(["connected"]);
        const asked = ["bulkhead-agent", "flows", "--json", "--state-dir", `${host.scratch}/state`];
        await expect.poll(() => host.run(asked), { timeout: 20_000 }).toContain('"orders"');
      } finally {
        await daemon.end();
      }
    });

    test("the server starts, says where it is, has its dashboard, and ends when it is told to", async () => {
      const words = [
        "--data-dir",
        join(host.scratch, "server"),
        "--listen",
        "10.0.0.21:8443",
        "--listen-agents",
        "10.0.0.21:8444",
      ];
      const server = host.namespace.spawn(["bulkhead", "serve", ...words]);
      const ended = once(server, "close");
      const errors = text(server.stderr ?? Readable.from([]));
      const lines = createInterface({ input: server.stdout ?? Readable.from([]) });
      for await (const line of lines) if (line.startsWith("Bulkhead is ready at https://")) break;
      const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" };
      const shown = await host.run(["/usr/lib/bulkhead-server/node", "--eval", VISIT], { env });
      server.kill("SIGTERM");
      expect(shown).toMatch(/^200 <title>Bulkhead<\/title>\n200 application\/javascript/);
      expect((await ended)[0], await errors).toBe(0);
    });
  },
);
