import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holderOf, onlyProcess } from "./cgroup-processes.ts";

let root: string;
let proc: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bulkhead-processes-"));
  proc = join(root, "proc");
});
afterEach(() => rmSync(root, { recursive: true }));

function cgroup(pids: readonly number[]): string {
  writeFileSync(join(root, "cgroup.procs"), pids.map((pid) => `${pid}\n`).join(""));
  return root;
}

function running(pid: number, executable: string, sockets: readonly number[] = []): void {
  mkdirSync(join(proc, String(pid), "fd"), { recursive: true });
  symlinkSync(executable, join(proc, String(pid), "exe"));
  sockets.forEach((inode, at) => {
    symlinkSync(`socket:[${inode}]`, join(proc, String(pid), "fd", String(at)));
  });
}

test("the only process of a cgroup is known with its program", () => {
  running(10, "/usr/bin/nginx");
  expect(onlyProcess(cgroup([10]), proc)).toEqual({ pid: 10, executable: "/usr/bin/nginx" });
});

test("of several that run the same program, the program is known", () => {
  for (const pid of [10, 11]) running(pid, "/usr/bin/nginx");
  expect(onlyProcess(cgroup([10, 11]), proc)).toEqual({ executable: "/usr/bin/nginx" });
});

test("of several programs, the one that holds the socket is found", () => {
  running(10, "/usr/bin/sh");
  running(11, "/usr/bin/curl (deleted)", [5, 6]);
  expect(onlyProcess(cgroup([10, 11]), proc)).toBeUndefined();
  expect(holderOf(cgroup([10, 11]), 6, proc)).toEqual({ pid: 11, executable: "/usr/bin/curl" });
  expect(holderOf(cgroup([10, 11]), 7, proc)).toBeUndefined();
});

test("a cgroup that is gone, an empty one, and processes of other pid namespaces are nobody", () => {
  expect(onlyProcess(join(root, "gone"), proc)).toBeUndefined();
  expect(onlyProcess(cgroup([]), proc)).toBeUndefined();
  expect(onlyProcess(cgroup([0]), proc)).toBeUndefined();
});
