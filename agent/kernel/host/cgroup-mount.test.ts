import { expect, test } from "vitest";
import { cgroupMounts, pathForNft } from "./cgroup-mount.ts";

const UNIFIED = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";
const HYBRID = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw`;

test.each([
  ["a unified machine", UNIFIED, [{ directory: "/sys/fs/cgroup", level: 0 }]],
  ["a hybrid machine", HYBRID, [{ directory: "/sys/fs/cgroup/unified", level: 0 }]],
  ["a machine without", HYBRID.split("\n").slice(0, 2).join("\n"), []],
  [
    "a path that mountinfo has to escape",
    "30 23 0:26 / /mnt/my\\040cgroups rw - cgroup2 none rw",
    [{ directory: "/mnt/my cgroups", level: 0 }],
  ],
  [
    "a part of the hierarchy",
    "30 23 0:26 /a/b /sys/fs/cgroup rw - cgroup2 none rw",
    [{ directory: "/sys/fs/cgroup", level: 2 }],
  ],
  ["a part that lies above our namespace", "30 23 0:26 /../.. /sys/fs/cgroup rw - cgroup2 none rw", []],
])("on %s the hierarchy is found where it is", (_what, mountinfo, mounts) => {
  expect(cgroupMounts(`${mountinfo}\n`)).toEqual(mounts);
});

test("of several mounts, the whole hierarchy at its usual place comes first", () => {
  const several = `9 1 0:26 /part /a rw - cgroup2 c rw\n10 1 0:26 / /run/some/where/else/cgroup rw - cgroup2 c rw\n${HYBRID}`;
  expect(cgroupMounts(several).map(({ directory }) => directory)).toEqual([
    "/sys/fs/cgroup/unified",
    "/run/some/where/else/cgroup",
    "/a",
  ]);
});

test("nft takes a cgroup relative to /sys/fs/cgroup, wherever it is", () => {
  expect(pathForNft("/sys/fs/cgroup/system.slice/ssh.service")).toBe("system.slice/ssh.service");
  expect(pathForNft("/sys/fs/cgroup/unified/system.slice")).toBe("unified/system.slice");
  expect(pathForNft("/mnt/cgroup2/system.slice")).toBe("../../../mnt/cgroup2/system.slice");
});
