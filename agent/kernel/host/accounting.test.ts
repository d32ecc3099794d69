import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { describeInNamespace } from "../fixtures/own-namespace.ts";
import { conntrackLoad, putAccountingBack, switchAccountingOn } from "./accounting.ts";

const REAL = "/proc/sys/net/netfilter/nf_conntrack_acct";

describeInNamespace("in a network namespace", import.meta.url, () => {
  beforeAll(() => {
    // Conntrack is loaded, and at work here, with the first rule that needs it.
    const rule =
      "add table ip x; add chain ip x c { type filter hook output priority 0; }; add rule ip x c ct state new";
    expect(spawnSync("nft", [rule]).status).toBe(0);
    writeFileSync(REAL, "0");
  });

  test("counting is switched on, once, and put back as it was", () => {
    expect(switchAccountingOn()).toEqual({ before: "off" });
    expect(readFileSync(REAL, "utf8").trim()).toBe("1");
    expect(switchAccountingOn()).toEqual({ before: "on" });
    expect(putAccountingBack("on")).toBeUndefined();
    expect(readFileSync(REAL, "utf8").trim()).toBe("1");
    expect(putAccountingBack("off")).toBeUndefined();
    expect(readFileSync(REAL, "utf8").trim()).toBe("0");
  });

  test("conntrack says how full it is", () => {
    const load = conntrackLoad();
    expect(load?.most).toBeGreaterThan(0);
    expect(load?.count).toBeLessThan(load?.most ?? 0);
    expect(load).toMatchObject({ dropped: 0, pushedOut: 0, notInserted: 0, events: expect.any(String) });
  });
});

describe("with files of another machine", () => {
  const directories: string[] = [];
  afterEach(() => {
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
  });

  function proc(files: Readonly<Record<string, string>>): string {
    const root = mkdtempSync(join(tmpdir(), "bulkhead-proc-"));
    directories.push(root);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  }

  test("where conntrack is not loaded, that is the reason", () => {
    const root = proc({});
    const reason = "conntrack is not loaded: there is no nf_conntrack_acct";
    expect(switchAccountingOn(root)).toEqual({ reason });
    expect(putAccountingBack("off", root)).toBe(reason);
    expect(conntrackLoad(root)).toBeUndefined();
  });

  test("what cannot be read is a reason as well, not an exception", () => {
    const root = proc({ "sys/net/netfilter/nf_conntrack_acct/x": "" });
    expect(switchAccountingOn(root)).toEqual({
      reason: expect.stringContaining("nf_conntrack_acct: EISDIR"),
    });
  });

  const sysctl = (name: string) => `sys/net/netfilter/nf_conntrack_${name}`;
  const numbers = { [sysctl("count")]: "5\n", [sysctl("max")]: "1000\n" };

  test("processors' numbers are hexadecimal, and are added up by their names", () => {
    const root = proc({
      ...numbers,
      [sysctl("events")]: "1\n",
      "thread-self/net/stat/nf_conntrack":
        "entries  clashres insert_failed drop early_drop\n00000005 00000000 0000000a 00000001 00000002\n00000005 00000000 00000001 000000ff 00000000\n",
    });
    expect(conntrackLoad(root)).toEqual({
      count: 5,
      most: 1000,
      dropped: 256,
      pushedOut: 2,
      notInserted: 11,
      events: "always",
    });
  });

  test.each([
    ["0", "never"],
    ["2", "while-listened-to"],
  ])("events set to %s are told %s", (value, events) => {
    const root = proc({ ...numbers, [sysctl("events")]: `${value}\n` });
    expect(conntrackLoad(root)).toMatchObject({ events, dropped: 0 });
  });
});
