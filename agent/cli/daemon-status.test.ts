import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { failed } from "@bulkhead/terminal/failure.ts";
import { Output } from "@bulkhead/terminal/output.ts";
import { run } from "@bulkhead/terminal/program.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serveControl } from "../control/control-server.ts";
import type { DaemonStatus } from "../control/daemon-status.ts";
import { PROGRAM } from "./program.ts";
import type { ToldStatus } from "./words/status.ts";

const here = { directory: "" };

beforeEach(() => {
  here.directory = mkdtempSync(join(tmpdir(), "bulkhead-status-"));
});
afterEach(() => rmSync(here.directory, { recursive: true, force: true }));

const WELL: DaemonStatus<ToldStatus> = {
  formatVersion: 1,
  daemon: { pid: 4711, startedAt: "2026-11-23T12:00:00.000Z", version: "1.2.3" },
  source: {
    kind: "files",
    paths: ["/etc/bulkhead/policy"],
    state: "current",
    problems: [],
    since: "2026-11-23T12:00:00.000Z",
  },
  enforcement: { state: "enforcing" },
  tampering: { count: 0 },
  state: {},
  observer: { connectionEvents: 10, deniedPackets: 1, open: 2, overruns: 0, unattributed: 0 },
  spool: { records: 3, bytes: 20_480, unsent: 3, lost: 0 },
  losses: [],
  status: {
    kernel: "holds",
    differences: [],
    policy: {
      host: "db-1",
      digest: "0123456789abcdef",
      modes: { ingress: "enforce", egress: "observe" },
      stamp: { mask: 0xff000000, value: 0x05000000 },
      loadedAt: "2026-11-23T12:00:00.000Z",
      missing: [],
    },
    inKernel: undefined,
    probation: undefined,
    previous: undefined,
    rules: [],
    byDefault: {},
    notes: [],
  },
};

class Memory extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/** What `status` says beside a daemon that answers with this. */
async function statusOf(answer: DaemonStatus<ToldStatus>, ...words: string[]) {
  await using _server = await serveControl({
    path: join(here.directory, "agent.sock"),
    routes: [{ method: "GET", path: "/v1/status", handler: () => ({ kind: "json", body: answer }) }],
    group: "none such",
  });
  const [out, err] = [new Memory(), new Memory()];
  const terminal = { program: PROGRAM.name, out: new Output(out), err: new Output(err) };
  const all = ["status", "--state-dir", here.directory, ...words];
  const code = await run(PROGRAM, all, terminal).catch((error: unknown) => failed(error, terminal));
  return { code, out: out.text, err: err.text };
}

test("a daemon that is well says little more than that it runs", async () => {
  const { code, out, err } = await statusOf(WELL);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("kernel   holds what was loaded");
  expect(out).toMatch(/^ {2}daemon {3}version 1\.2\.3, pid 4711, since 2026-11-23 \d\d:00:00$/m);
  expect(out).toMatch(/^ {2}source {3}\/etc\/bulkhead\/policy$/m);
  expect(out).toMatch(/^ {2}seen {5}2 connections open, 10 events, 1 denied packet$/m);
  expect(out).toMatch(/^ {2}spool {4}3 records in 20 kB$/m);
  expect(out).not.toMatch(/enforces|changed|not recorded/);
});

test("an invalid policy is said loudly, and the answer is no", async () => {
  const problems = ["shop.yaml:3:1: error: there is no segment 'wbe'", "b", "c"];
  const { code, out } = await statusOf({ ...WELL, source: { ...WELL.source, state: "invalid", problems } });
  expect(code).toBe(1);
  expect(out).toMatch(
    /source {3}INVALID since .*: \/etc\/bulkhead\/policy; the last good policy stays in force\n {13}shop\.yaml:3:1: error/,
  );
});

test("what else is wrong is said as well: a kernel that refuses, somebody's hands in the table, a disk that is full", async () => {
  const { code, out } = await statusOf({
    ...WELL,
    enforcement: { state: "degraded", why: "nft was not found", retryAt: "2026-11-23T12:01:00.000Z" },
    tampering: {
      count: 2,
      last: {
        at: "2026-11-23T12:00:30.000Z",
        by: { pid: 99, name: "nft" },
        what: ["rule removed in chain ingress"],
        mendedAt: "2026-11-23T12:00:30.040Z",
        milliseconds: 40,
      },
    },
    spool: { ...WELL.spool, trouble: "disk is full", lost: 5 },
    losses: [{ start: 1, end: 2, what: "spool-broken", count: 5 }],
  });
  expect(code).toBe(1);
  expect(out).toMatch(/enforces DEGRADED: nft was not found; tried again at/);
  expect(out).toMatch(
    /changed {2}our table was changed by others 2 times, last .* by nft \(pid 99\): mended after 40 ms/,
  );
  expect(out).toContain("CANNOT BE WRITTEN: disk is full");
  expect(out).toContain("not recorded in the last hour:\n  5 records: lost to a disk");
});

test("the facts are those of before, with the daemon's beside them", async () => {
  const { code, out } = await statusOf({ ...WELL, status: { ...WELL.status, kernel: "changed" } }, "--json");
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    formatVersion: 1,
    kernel: "changed",
    host: "db-1",
    daemon: { pid: 4711 },
    source: { state: "current" },
    spool: { records: 3 },
  });
});

test("a daemon's refusal is told in its own words", async () => {
  const note = { code: "apply/recovered", message: "put in order", remedy: "Look." };
  const { err } = await statusOf({ ...WELL, status: { ...WELL.status, notes: [note] } });
  expect(err).toBe("bulkhead-agent: warning: put in order [apply/recovered]\n  Look.\n");
});
