/**
 * The life of a host under systemd: installed, joined, rebooted, killed, upgraded, downgraded, removed. Real machines (machine.ts) with the packages of this checkout, on the
 * switch of an estate whose hosts are the others. FAULTS.md, rows 1, 2, 8 and 22, each with its control. The tests follow one another.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PATIENCE } from "../estate/conversation.ts";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { ESTATE_PREFIX, SCRATCH } from "../estate/place.ts";
import { builtPackages, packageIn } from "../package/built.ts";
import { Asking, untilConnected } from "./asking.ts";
import { lackOfMachines } from "./lack.ts";
import { Machine } from "./machine.ts";
import { filesOf, sumOfDatagrams, withoutStamp } from "./remains.ts";
import { Repository } from "./repository.ts";
import { policyText, SERVICES, STARTED } from "./services.ts";
import { asBroken, asNextForm } from "./versions.ts";

const lack = await lackOfMachines();
if (lack !== undefined) process.stderr.write(`bulkhead: tests on whole machines are skipped: ${lack}\n`);

const DB = { name: "db-1", addresses: ["10.0.0.21", "fd00::21"] } as const;
const CENTRE = { name: "centre", addresses: ["10.0.0.1", "fd00::1"] } as const;
const [FOUR, SIX] = DB.addresses;

/** Each goes on from where the one before it ended, so none can be tried again. */
const ONCE = { retry: 0, timeout: 180_000 };

describe.skipIf(lack !== undefined)(
  `a host's life${lack === undefined ? "" : ` (skipped: ${lack})`}`,
  ONCE,
  () => {
    const undo = new AsyncDisposableStack();
    let web: Host;
    let intruder: Host;
    let db: Machine;
    let centre: Machine;
    /** All files of the fresh machine. */
    let before: ReadonlySet<string>;
    let repository: Repository;
    let agentPackage: string;

    beforeAll(async () => {
      const scratch = mkdtempSync(join(SCRATCH, `${ESTATE_PREFIX}${process.pid}-`));
      undo.defer(() => rmSync(scratch, { recursive: true, force: true }));
      const out = await builtPackages();
      agentPackage = packageIn(out, "bulkhead-agent", "deb");
      repository = new Repository(join(scratch, "repository"));
      await repository.add(agentPackage);
      await repository.add(packageIn(out, "bulkhead-server", "deb"));
      const hosts = { "web-1": ["10.0.0.11", "fd00::11"], intruder: ["10.0.0.66", "fd00::66"] };
      const estate = undo.use(await Estate.create({ hosts }));
      [web, intruder] = [estate.host("web-1"), estate.host("intruder")];
      db = undo.use(await Machine.create(estate, { ...DB, repository: repository.folder }));
      centre = undo.use(await Machine.create(estate, { ...CENTRE, repository: repository.folder }));
      for (const [file, text] of Object.entries(SERVICES)) await db.write(`etc/systemd/system/${file}`, text);
      await Promise.all([db.boot(), centre.boot()]);
      // What is sent to it while it is off is not held back by the question who it is.
      for (const host of [web, intruder])
        for (const address of DB.addresses)
          await host.run(["ip", "neigh", "replace", address, "lladdr", db.hardwareAddress, "dev", "eth0"]);
      await db.run(["systemctl", "enable", "--now", "--quiet", ...STARTED]);
      before = await filesOf(db);
    }, 900_000);
    afterAll(() => undo.disposeAsync());

    const tables = () => db.run(["nft", "list", "tables"]);
    const table = (...how: string[]) =>
      db.run(["nft", "--stateless", ...how, "list", "table", "inet", "bulkhead"]);
    const property = async (unit: string, name: string) =>
      (await db.run(["systemctl", "show", "--value", "--property", name, unit])).trim();
    const pid = () => property("bulkhead-agent", "MainPID");
    const install = (...words: string[]) =>
      db.exec(["apt-get", "install", "--yes", "--quiet", "--allow-downgrades", ...words]);
    /** Datagrams that have come past all rules since it was switched on, whether somebody listened or not. */
    const heard = async () => sumOfDatagrams(await db.run(["cat", "/proc/net/snmp", "/proc/net/snmp6"]));
    const isInForce = async () => {
      const { code, stdout, stderr } = await db.exec(["bulkhead-agent", "status", "--json"]);
      return code === 0 ? "in force" : `${stdout}${stderr}`;
    };
    const untilInForce = () => expect.poll(isInForce, { timeout: 30_000 }).toBe("in force");
    const centreSays = (state: string) =>
      expect
        .poll(() => centre.run(["sh", "-c", "bulkhead hosts --json || :"]), { timeout: 30_000 })
        .toContain(`"${state}"`);

    /** Does something while somebody converses, and somebody else floods: the conversation goes on, the flood stays out, and the kernel has the very same table, not one like it. */
    async function unnoticed(work: () => Promise<void>): Promise<void> {
      const session = await web.session(FOUR, "tcp/5432", { talk: "ask" });
      const [was, heardBefore] = [await table("--handle"), await heard()];
      const flood = await intruder.flood(FOUR, "udp/9999");
      try {
        await work();
      } finally {
        expect(await flood.stop()).toBeGreaterThan(1_000);
      }
      expect(await session.receivesMore(20)).toBe(true);
      expect((await session.traffic()).ended).toBeNull();
      await session.close();
      expect(await table("--handle")).toBe(was);
      expect(await heard()).toBe(heardBefore);
      expect(await web.connect(SIX, "tcp/5432", { timeout: PATIENCE })).toBe("connected");
      expect(await intruder.connect(SIX, "tcp/5432")).toBe("timeout");
    }

    test("installing changes no traffic: no policy, no table, and the services wait", async () => {
      const session = await intruder.session(FOUR, "tcp/5432", { talk: "ask" });
      await db.run(["apt-get", "update"]);
      expect(await install("bulkhead-agent")).toMatchObject({ code: 0 });
      expect(await session.receivesMore(20)).toBe(true);
      await session.close();
      expect(await tables()).toBe("");
      expect(await property("bulkhead-agent", "Result")).toBe("exec-condition");
      await db.run(["systemctl", "start", "bulkhead-boot"]);
      expect(await property("bulkhead-boot", "ConditionResult")).toBe("no");
      expect(await tables()).toBe("");
      expect(await db.run(["systemctl", "--failed", "--quiet"])).toBe("");
    });

    test("the line that `bulkhead token create` prints, pasted, makes it a protected host", async () => {
      await centre.shell(
        "apt-get update && apt-get install --yes bulkhead-server && systemctl enable --now bulkhead-server",
      );
      const journal = await centre.run(["journalctl", "--unit=bulkhead-server", "--no-pager"]);
      expect(journal).toContain("bulkhead account create NAME --role administrator --link");
      expect(journal).not.toContain("/signin/");
      expect(await centre.shell("bulkhead account create anna --role administrator --link")).toContain(
        "/signin/",
      );
      await centre.run(["tee", "/root/policy.yaml"], { input: policyText("first") });
      await centre.shell("bulkhead push /root/policy.yaml -m first && bulkhead provision 1");
      const blocks = ["--addresses", "10.0.0.0/8", "--addresses", "fd00::/8"];
      const line = await centre.run(["bulkhead", "token", "create", "--labels", "role=db", ...blocks]);
      expect(line.trim().split("\n")).toHaveLength(1);
      await db.shell(line);
      await untilInForce();
      expect(await web.connect(FOUR, "tcp/5432")).toBe("connected");
      expect(await web.connect(SIX, "tcp/5432")).toBe("connected");
      expect(await intruder.connect(FOUR, "tcp/5432")).toBe("timeout");
      expect(await intruder.connect(SIX, "tcp/5432")).toBe("timeout");
      await expect
        .poll(() => centre.run(["sh", "-c", "bulkhead hosts --json || :"]), { timeout: 30_000 })
        .toContain('"in-sync"');
    });

    test("in its sandbox the agent sees who talks, by which process and rule, what listens, and is asked by its group only", async () => {
      expect(await web.connect(FOUR, "tcp/7000", { timeout: PATIENCE })).toBe("connected");
      expect(await intruder.connect(FOUR, "tcp/7000")).toBe("timeout");
      const flows = async () =>
        (await db.run(["bulkhead-agent", "flows", "--json"]))
          .trim()
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line));
      const process = { unit: "report.service", user: "root", executable: "/usr/bin/socat" };
      const local = expect.objectContaining(process);
      await expect.poll(flows, { timeout: 20_000 }).toEqual(
        expect.arrayContaining([
          // Of conntrack and sock_diag, and of NFLOG.
          expect.objectContaining({
            verdict: "allow",
            local,
            rule: expect.objectContaining({ name: "report" }),
          }),
          expect.objectContaining({ verdict: "deny", local, service: "tcp/7000" }),
        ]),
      );
      const shown = JSON.parse(await centre.run(["bulkhead", "host", "show", "db-1", "--json"]));
      expect(shown).toMatchObject({ sync: { state: "in-sync" }, state: { kernel: "holds", watching: true } });
      expect(shown.inventory.listening).toContainEqual(
        expect.objectContaining({ service: "tcp/7000", unit: "report.service" }),
      );
      const asked = (group: string) =>
        db.exec([
          "setpriv",
          "--reuid=nobody",
          `--regid=${group}`,
          "--clear-groups",
          "bulkhead-agent",
          "flows",
          "--json",
        ]);
      expect(await asked("bulkhead")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("report.service"),
      });
      expect(await asked("nogroup")).toMatchObject({ code: 3 });
      expect(await db.run(["journalctl", "--unit=bulkhead-agent", "--priority=warning", "--quiet"])).toBe("");
      expect(await db.run(["journalctl", "--unit=bulkhead-agent", "--quiet", "--no-pager"])).not.toMatch(
        /"level":[456]0/,
      );
    });

    test("a rule for a unit holds for that unit alone, and through its restarts", async () => {
      expect(await web.connect(FOUR, "tcp/7001")).toBe("timeout");
      for (let turn = 0; turn < 3; turn++) {
        await db.run(["systemctl", "restart", "report.service"]);
        await expect.poll(() => web.connect(FOUR, "tcp/7000"), { timeout: 10_000 }).toBe("connected");
      }
      await db.run(["systemctl", "stop", "report.service"]);
      expect(await web.connect(FOUR, "tcp/7000")).toBe("timeout");
      await db.run(["systemctl", "start", "report.service"]);
      await expect.poll(() => web.connect(FOUR, "tcp/7000"), { timeout: 10_000 }).toBe("connected");
    });

    /** Switches the machine off and on again, while one host floods what is denied and another asks for what is allowed, in both families. */
    async function rebootUnderFlood() {
      await db.powerOff();
      const floods = [await intruder.flood(FOUR, "udp/9999"), await intruder.flood(SIX, "udp/9999")];
      const asking = new Asking(web, DB.addresses);
      try {
        await db.boot();
        await untilInForce();
        await asking.moreAnswers(10);
      } finally {
        await Promise.all([...floods.map((flood) => flood.stop()), asking.stop()]);
      }
      return { outcomes: asking.outcomes, heard: await heard() };
    }

    test("a boot lets in nothing that is denied, and refuses nobody who is allowed, from the first packet on", async () => {
      const was = await table();
      const { outcomes, heard } = await rebootUnderFlood();
      expect(heard).toBe(0);
      for (const one of outcomes) expect(one).toEqual([...one].sort(untilConnected));
      expect(outcomes.flat().filter((outcome) => outcome === "refused" || outcome === "prohibited")).toEqual(
        [],
      );
      // The agent finds units with new numbers, and gives what it loads then a stamp of its own.
      expect(withoutStamp(await table())).toBe(withoutStamp(was));
      const [loaded, network] = await Promise.all([
        property("bulkhead-boot", "ExecMainExitTimestampMonotonic"),
        property("systemd-networkd", "ExecMainStartTimestampMonotonic"),
      ]);
      expect(Number(loaded)).toBeGreaterThan(0);
      expect(Number(loaded)).toBeLessThan(Number(network));
    });

    test("control: without bulkhead-boot a boot leaks", async () => {
      await db.run(["systemctl", "disable", "--quiet", "bulkhead-boot"]);
      expect((await rebootUnderFlood()).heard).toBeGreaterThan(0);
      await db.run(["systemctl", "enable", "--quiet", "bulkhead-boot"]);
    });

    test("killed with -9, and stopped so that only the watchdog sees it: systemd starts it again, and no packet is judged differently", async () => {
      await db.shell(
        "mkdir /run/systemd/system/bulkhead-agent.service.d && cd /run/systemd/system/bulkhead-agent.service.d && printf '[Service]\\nWatchdogSec=2\\n' >short.conf && systemctl daemon-reload && systemctl restart bulkhead-agent",
      );
      await untilInForce();
      for (const signal of ["KILL", "STOP"])
        await unnoticed(async () => {
          const was = await pid();
          await db.run(["systemctl", "kill", `--signal=${signal}`, "bulkhead-agent"]);
          await expect.poll(pid, { timeout: 30_000 }).not.toMatch(new RegExp(`^(0|${was})$`));
          await untilInForce();
        });
      expect(await db.run(["journalctl", "--unit=bulkhead-agent", "--grep=Watchdog timeout"])).not.toBe("");
      await db.shell("rm -r /run/systemd/system/bulkhead-agent.service.d && systemctl daemon-reload");
    });

    test("an upgrade that fails says so and leaves the old program running", async () => {
      await repository.addVersion(agentPackage, "0.1.1-1", asBroken);
      await db.run(["apt-get", "update"]);
      await unnoticed(async () => {
        const was = await pid();
        const { code, stdout, stderr } = await install("bulkhead-agent=0.1.1-1");
        expect(code).not.toBe(0);
        expect(`${stdout}${stderr}`).toContain("a running agent, and its rules, were left as they are");
        expect(await pid()).toBe(was);
        expect(await property("bulkhead-agent", "ActiveState")).toBe("active");
      });
      await centreSays("in-sync");
    });

    test("an upgrade restarts the agent, keeps its state, and no packet is judged differently", async () => {
      await repository.addVersion(agentPackage, "0.2.0-1", asNextForm);
      await db.run(["apt-get", "update"]);
      await unnoticed(async () => {
        const was = await pid();
        expect(await install("bulkhead-agent=0.2.0-1")).toMatchObject({ code: 0 });
        expect(await pid()).not.toBe(was);
        await untilInForce();
      });
    });

    test("a downgrade: the older agent refuses the newer state, plainly, and the rules stay", async () => {
      await centre.run(["tee", "/root/policy.yaml"], { input: policyText("second") });
      await centre.shell("bulkhead push /root/policy.yaml -m second && bulkhead provision 2");
      await expect
        .poll(() => db.run(["head", "-c", "20", "/var/lib/bulkhead/current.json"]), { timeout: 30_000 })
        .toContain('"formatVersion":2');
      await centreSays("in-sync");
      await unnoticed(async () => {
        expect(await install("bulkhead-agent=0.1.0-1")).toMatchObject({ code: 0 });
        await expect
          .poll(isInForce, { timeout: 30_000 })
          .toContain("current.json has format version 2, which this version does not know");
        expect(await isInForce()).toContain("Use the newer bulkhead-agent");
      });
      await unnoticed(async () => {
        expect(await install("bulkhead-agent=0.2.0-1")).toMatchObject({ code: 0 });
        await untilInForce();
      });
    });

    test("the server, killed, is started again; it is backed up and put back as its own account may; purged, it leaves its backups only", async () => {
      const of = (name: string) =>
        centre.run(["systemctl", "show", "--value", "--property", name, "bulkhead-server"]);
      const was = await of("MainPID");
      await centre.run(["systemctl", "kill", "--signal=KILL", "bulkhead-server"]);
      await expect.poll(() => of("NRestarts"), { timeout: 30_000 }).not.toBe("0\n");
      await centreSays("in-sync");
      expect(await of("MainPID")).not.toBe(was);
      expect(await of("StatusText")).toMatch(
        /^the API at https:\/\/10\.0\.0\.1:8443, agents at https:\/\/10\.0\.0\.1:8444$/m,
      );
      expect(await centre.exec(["bulkhead", "backup", "/srv/elsewhere"])).toMatchObject({
        code: 3,
        stderr: expect.stringContaining("below /var/backups/bulkhead only"),
      });
      await centre.shell("bulkhead backup /var/backups/bulkhead/first && systemctl stop bulkhead-server");
      await centre.shell("bulkhead restore /var/backups/bulkhead/first && systemctl start bulkhead-server");
      await centreSays("in-sync");
      await centre.shell("apt-get purge --yes --quiet bulkhead-server");
      const left = await centre.shell(
        "find / /run -xdev -name '*bulkhead*' -not -path '/opt/*' -not -path '/var/backups/*/*'",
      );
      expect(left).toBe("/var/backups/bulkhead\n");
    });

    test("removing opens the host, and says so; purging leaves no file", async () => {
      const session = await web.session(FOUR, "tcp/5432", { talk: "ask" });
      const removed = await db.exec(["apt-get", "remove", "--yes", "--quiet", "bulkhead-agent"]);
      expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("this host is open") });
      expect(await tables()).toBe("");
      expect(await session.receivesMore(20)).toBe(true);
      await session.close();
      expect(await intruder.connect(FOUR, "tcp/5432")).toBe("connected");
      await db.run(["apt-get", "purge", "--yes", "--quiet", "bulkhead-agent"]);
      expect([...(await filesOf(db))].filter((path) => !before.has(path))).toEqual([]);
      expect(await db.exec(["getent", "group", "bulkhead"])).toMatchObject({ code: 2 });
    });
  },
);
