import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { type Socket as Connection, connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { describeInNamespace } from "../fixtures/own-namespace.ts";
import { cgroupMount } from "../host/cgroup-mount.ts";
import type { Socket } from "../kernel.ts";
import { realKernel } from "../real.ts";

describeInNamespace("sockets in the kernel", import.meta.url, () => {
  const { sockets } = realKernel();
  const closing: (() => unknown)[] = [];

  beforeAll(() => {
    spawnSync("ip", ["link", "set", "lo", "up"]);
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  async function listen(host: string): Promise<{ server: Server; port: number }> {
    const server = createServer({ allowHalfOpen: true }).listen(0, host);
    closing.push(() => server.close());
    await once(server, "listening");
    const address = server.address();
    return { server, port: typeof address === "object" ? (address?.port ?? 0) : 0 };
  }

  async function call(server: Server, port: number, host: string) {
    const client = connect({ port, host, allowHalfOpen: true });
    const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
      [Connection],
      unknown,
    ];
    closing.push(
      () => client.destroy(),
      () => accepted.destroy(),
    );
    return { client, accepted };
  }

  /** What is known of a port, without what differs from run to run. */
  function seen(port: number): readonly Partial<Socket>[] {
    return sockets
      .dump()
      .filter(({ localPort, remotePort }) => localPort === port || remotePort === port)
      .map(({ protocol, state, localAddress, remoteAddress, uid }) => ({
        protocol,
        state,
        localAddress,
        remoteAddress,
        uid,
      }))
      .sort((a, b) => a.state.localeCompare(b.state));
  }

  const OWN = { protocol: 6, uid: 0 };

  test.each(["127.0.0.1", "::1"])(
    "a listener and both ends of a connection are told apart (%s)",
    async (host) => {
      const { server, port } = await listen(host);
      await call(server, port, host);
      expect(seen(port)).toEqual([
        { ...OWN, state: "connected", localAddress: host, remoteAddress: host },
        { ...OWN, state: "connected", localAddress: host, remoteAddress: host },
        { ...OWN, state: "listening", localAddress: host, remoteAddress: "" },
      ]);
    },
  );

  test("an IPv4 caller of an IPv6 listener is IPv4 on both ends", async () => {
    const { server, port } = await listen("::");
    await call(server, port, "127.0.0.1");
    expect(seen(port)).toEqual([
      { ...OWN, state: "connected", localAddress: "127.0.0.1", remoteAddress: "127.0.0.1" },
      { ...OWN, state: "connected", localAddress: "127.0.0.1", remoteAddress: "127.0.0.1" },
      { ...OWN, state: "listening", localAddress: "::", remoteAddress: "" },
    ]);
  });

  test("a connection that one end has closed is closing on both", async () => {
    const { server, port } = await listen("127.0.0.1");
    const { client, accepted } = await call(server, port, "127.0.0.1");
    accepted.resume();
    client.end();
    await once(accepted, "end");
    expect(seen(port).map(({ state }) => state)).toEqual(["closing", "closing", "listening"]);
  });

  test.each(["udp4", "udp6"] as const)(
    "a UDP socket is unconnected until it has a peer (%s)",
    async (type) => {
      const [any, own] = type === "udp4" ? ["0.0.0.0", "127.0.0.1"] : ["::", "::1"];
      const udp = createSocket(type).bind(0);
      closing.push(() => udp.close());
      await once(udp, "listening");
      const { port } = udp.address();
      expect(seen(port)).toEqual([
        { protocol: 17, uid: 0, state: "unconnected", localAddress: any, remoteAddress: "" },
      ]);
      udp.connect(port, own);
      await once(udp, "connect");
      expect(seen(port)).toEqual([
        { protocol: 17, uid: 0, state: "connected", localAddress: own, remoteAddress: own },
      ]);
    },
  );

  test("a socket bears the cgroup of who made it", async () => {
    const { port } = await listen("127.0.0.1");
    const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    const mount = cgroupMount();
    if (own === undefined || mount === undefined) return;
    const id = String(statSync(join(mount.directory, own), { bigint: true }).ino);
    expect(sockets.dump().find(({ localPort }) => localPort === port)?.cgroupId).toBe(id);
  });

  test("a socket has the inode that its process sees", async () => {
    const { server, port } = await listen("127.0.0.1");
    const handle: unknown = Reflect.get(server, "_handle");
    const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
    expect(typeof fd).toBe("number");
    const { ino } = statSync(`/proc/self/fd/${fd}`);
    expect(sockets.dump().find(({ localPort }) => localPort === port)?.inode).toBe(ino);
  });
});
