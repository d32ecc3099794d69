import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { findUnits } from "./units.ts";

const made: string[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true });
});

/** A hierarchy with these cgroups: to this code they are directories like any others. */
function hierarchy(...cgroups: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), "bulkhead-cgroups-"));
  made.push(directory);
  for (const cgroup of cgroups) mkdirSync(join(directory, cgroup), { recursive: true });
  const find = async (units: readonly string[], level = 0) => {
    const found = await findUnits({ directory, level }, units);
    const paths = Object.entries(found.units).map(([unit, where]) => [
      unit,
      where.map(({ path, level }) => `${level} ${path.split("/").slice(-level).join("/")}`),
    ]);
    return Object.fromEntries(paths);
  };
  return { directory, find };
}

test("a unit is found in its slice, at its level", async () => {
  const { find } = hierarchy(
    "system.slice/ssh.service",
    "system.slice/system-getty.slice/getty@tty1.service",
    "init.scope",
  );
  expect(await find(["ssh.service", "getty@tty1.service", "init.scope", "gone.service"])).toEqual({
    "ssh.service": ["2 system.slice/ssh.service"],
    "getty@tty1.service": ["3 system.slice/system-getty.slice/getty@tty1.service"],
    "init.scope": ["1 init.scope"],
  });
});

test("a slice of an operator's own is searched, and is a unit itself", async () => {
  const { find } = hierarchy("shop.slice/shop-api.slice/shop-api.service");
  expect(await find(["shop-api.service", "shop.slice"])).toEqual({
    "shop-api.service": ["3 shop.slice/shop-api.slice/shop-api.service"],
    "shop.slice": ["1 shop.slice"],
  });
});

test("every cgroup of the name counts", async () => {
  const { find } = hierarchy("a.slice/web.service", "b.slice/web.service");
  expect(await find(["web.service"])).toEqual({
    "web.service": ["2 a.slice/web.service", "2 b.slice/web.service"],
  });
});

test.each([
  ["their own manager", "user.slice/user-1000.slice/user@1000.service/app.slice/ssh.service"],
  ["a user's slice itself", "user.slice/ssh.service"],
  ["a container", "machine.slice/ssh.service"],
  ["a service that may make cgroups below itself", "system.slice/ci.service/ssh.service"],
  ["a scope", "system.slice/run-1.scope/ssh.service"],
  ["something that is no slice", "docker/ssh.service"],
  ["a cgroup that calls itself almost so", "system.slice/xssh.service"],
])("nobody can pass for a unit from within %s", async (_where, cgroup) => {
  const { find } = hierarchy(cgroup);
  expect(await find(["ssh.service"])).toEqual({});
});

test("user.slice can still be named as a whole", async () => {
  const { find } = hierarchy("user.slice/user-1000.slice");
  expect(await find(["user.slice", "user-1000.slice"])).toEqual({ "user.slice": ["1 user.slice"] });
});

test("systemd's escape before names that look like the kernel's files is known", async () => {
  const { find } = hierarchy("system.slice/_memory.service");
  expect(await find(["memory.service"])).toEqual({ "memory.service": ["2 system.slice/_memory.service"] });
});

test("a name that could leave nft's quotes is found nowhere", async () => {
  const { find } = hierarchy('system.slice/a"b.service', 'x" }.slice/ssh.service');
  expect(await find(['a"b.service', "ssh.service"])).toEqual({});
});

test("the id is the directory's inode, and levels count from the hierarchy's root", async () => {
  const { directory } = hierarchy("system.slice/ssh.service");
  const { units } = await findUnits({ directory, level: 2 }, ["ssh.service"]);
  const id = String(statSync(join(directory, "system.slice/ssh.service"), { bigint: true }).ino);
  expect(units["ssh.service"]).toMatchObject([{ level: 4, id }]);
});

test("a hierarchy of too many slices is not walked to its end, and that is said", async () => {
  const { directory } = hierarchy(
    ...Array.from({ length: 60 }, (_, at) => `${at}.slice`),
    "z.slice/last.service",
  );
  expect(await findUnits({ directory, level: 0 }, ["last.service"], 50)).toEqual({
    units: {},
    complete: false,
  });
  expect(await findUnits({ directory, level: 0 }, ["last.service"], 70)).toMatchObject({ complete: true });
});
