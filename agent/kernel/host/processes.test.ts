import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { processRoom, unitOf } from "./processes.ts";

test("a socket's holder is found by its inode", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // biome-ignore lint/suspicious/noExplicitAny: Node does not say which descriptor a server has
  const fd = (server as any)._handle.fd as number;
  const inode = Number(/\d+/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[0]);
  const holders = await processRoom().holders(new Set([inode, 1]));
  expect([...holders.keys()]).toEqual([inode]);
  expect(holders.get(inode)?.map(({ pid }) => pid)).toContain(process.pid);
  server.close();
});

test("ancestry begins with this process and leads to its parents", async () => {
  const pids = await processRoom().ancestry();
  expect(pids.slice(0, 2)).toEqual([process.pid, process.ppid]);
});

test("a unit is the outermost service or scope of a cgroup of the v2 hierarchy", () => {
  expect(unitOf("0::/system.slice/ssh.service\n")).toBe("ssh.service");
  expect(unitOf("12:cpu:/x.service\n0::/user.slice/user-1000.slice/session-3.scope/inner.service\n")).toBe(
    "session-3.scope",
  );
  expect(unitOf("0::/\n")).toBeUndefined();
});
