import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CgroupPaths } from "./cgroup-paths.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bulkhead-cgroups-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function make(path: string): string {
  mkdirSync(join(root, path), { recursive: true });
  return statSync(join(root, path), { bigint: true }).ino.toString();
}

test.each([
  ["system.slice/nginx.service", "nginx.service"],
  ["system.slice/docker-0a1b.scope", "docker-0a1b.scope"],
  ["user.slice/user-1000.slice/session-3.scope", "session-3.scope"],
  ["user.slice/user-1000.slice/user@1000.service/app.slice/nginx.service", "user@1000.service"],
  ["system.slice", undefined],
])("%s is of the unit %s", (path, unit) => {
  const id = make(path);
  expect(new CgroupPaths({ directory: root, level: 0 }).find(id)).toEqual({
    directory: join(root, path),
    unit,
  });
});

test("a unit that was started later is found, and the next one not before some time has passed", () => {
  let time = 0;
  const paths = new CgroupPaths({ directory: root, level: 0 }, () => time);
  const first = make("system.slice/a.service");
  expect(paths.find(first)?.unit).toBe("a.service");
  const second = make("system.slice/b.service");
  expect(paths.find(second)).toBeUndefined();
  time = 200;
  expect(paths.find(second)?.unit).toBe("b.service");
});

test("the dearer a walk, the longer until the next", () => {
  let time = 0;
  const paths = new CgroupPaths({ directory: root, level: 0 }, () => {
    time += 50;
    return time;
  });
  paths.find("0");
  const late = make("system.slice/late.service");
  let looks = 0;
  while (paths.find(late) === undefined) looks++;
  expect(looks * 50).toBeGreaterThanOrEqual(900);
});
