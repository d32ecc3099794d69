import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { type AddressInfo, type Socket as Connection, connect, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { describeInNamespace } from "../fixtures/own-namespace.ts";
import { cgroupMount } from "../host/cgroup-mount.ts";
import type { SocketEnds, SocketFinder } from "../kernel.ts";
import { realKernel } from "../real.ts";
import { NetlinkSocketFinder } from "./socket-finder.ts";
import type { NetlinkTransport } from "./transport.ts";

/** The same connection, as its other end sees it. */
function turned({ protocol, localAddress, localPort, remoteAddress, remotePort }: SocketEnds): SocketEnds {
  return {
    protocol,
    localAddress: remoteAddress,
    localPort: remotePort,
    remoteAddress: localAddress,
    remotePort: localPort,
  };
}

describeInNamespace("one socket by its ends", import.meta.url, () => {
  let finder: SocketFinder;
  const closing: (() => unknown)[] = [];

  beforeAll(() => {
    spawnSync("ip", ["link", "set", "lo", "up"]);
    finder = realKernel().sockets.finder();
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  afterAll(() => finder[Symbol.dispose]());

  async function listen(host: string) {
    const server = createServer({ allowHalfOpen: true }).listen(0, host);
    closing.push(() => server.close());
    await once(server, "listening");
    return { server, port: portOf(server.address()) };
  }

  /** A TCP connection, by the caller's ends. */
  async function call(listening: Awaited<ReturnType<typeof listen>>, host: string) {
    const { server, port } = listening;
    const client = connect({ port, host, allowHalfOpen: true });
    const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
      [Connection],
      unknown,
    ];
    closing.push(
      () => client.destroy(),
      () => accepted.destroy(),
    );
    const localPort = client.localPort ?? 0;
    const ends = { protocol: 6, localAddress: host, localPort, remoteAddress: host, remotePort: port };
    return { client, accepted, ends };
  }

  async function bind(type: "udp4" | "udp6", host?: string) {
    const socket = createSocket(type).bind(0, host);
    closing.push(() => socket.close());
    await once(socket, "listening");
    return { socket, port: socket.address().port };
  }

  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["::", "127.0.0.1"],
  ])(
    "either end of a TCP connection, the same as a dump shows it (%s called as %s)",
    async (host, called) => {
      const { ends } = await call(await listen(host), called);
      const dumped = realKernel().sockets.dump();
      for (const one of [ends, turned(ends)]) {
        const found = finder.find(one);
        expect(found).toMatchObject({ ...one, state: "connected", uid: process.getuid?.() });
        expect(dumped).toContainEqual(found);
      }
    },
  );

  test("a connection of link-local addresses, which belongs to an interface", async () => {
    for (const command of [
      "link add near type veth peer name far",
      "link set far up",
      "link set near up",
      "address add fe80::5/64 dev near nodad",
    ])
      expect(spawnSync("ip", command.split(" ")).status, command).toBe(0);
    closing.push(() => spawnSync("ip", ["link", "delete", "near"]));
    const { ends } = await call(await listen("::"), "fe80::5%near");
    const plain = { ...ends, localAddress: "fe80::5", remoteAddress: "fe80::5" };
    for (const one of [plain, turned(plain)])
      expect(finder.find(one)).toMatchObject({ ...one, state: "connected" });
    expect(finder.find({ ...plain, localPort: 9 })).toBeUndefined();
  });

  test("a socket bears the cgroup of who made it", async () => {
    const { ends } = await call(await listen("127.0.0.1"), "127.0.0.1");
    const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    const mount = cgroupMount();
    if (own === undefined || mount === undefined) return;
    const id = String(statSync(join(mount.directory, own), { bigint: true }).ino);
    expect(finder.find(ends)?.cgroupId).toBe(id);
  });

  test("a call that nobody has made yet finds the listener", async () => {
    const { port } = await listen("127.0.0.1");
    const ends = { protocol: 6, localAddress: "127.0.0.1", localPort: port };
    for (const remote of [
      { remoteAddress: "127.0.0.1", remotePort: 1 },
      { remoteAddress: "", remotePort: 0 },
    ])
      expect(finder.find({ ...ends, ...remote })).toMatchObject({ state: "listening", localPort: port });
  });

  test("where there is nobody there is nothing", () => {
    for (const [protocol, host] of [
      [6, "127.0.0.1"],
      [6, "::1"],
      [17, "127.0.0.1"],
      [17, "::1"],
    ] as const)
      expect(
        finder.find({ protocol, localAddress: host, localPort: 9, remoteAddress: host, remotePort: 9 }),
      ).toBeUndefined();
  });

  test("ends that are none are nobody's", () => {
    const ends = { protocol: 6, localPort: 9, remotePort: 9 };
    expect(finder.find({ ...ends, localAddress: "web-1", remoteAddress: "10.0.0.1" })).toBeUndefined();
    expect(finder.find({ ...ends, localAddress: "10.0.0.1", remoteAddress: "::1" })).toBeUndefined();
  });

  test("what only waits for its time to be over is nobody's", async () => {
    const { client, accepted, ends } = await call(await listen("127.0.0.1"), "127.0.0.1");
    for (const socket of [client, accepted]) socket.resume();
    client.end();
    await once(accepted, "end");
    accepted.end();
    await once(client, "close");
    expect(finder.find(ends)).toBeUndefined();
  });

  test.each([
    ["udp4", "127.0.0.1"],
    ["udp6", "::1"],
  ] as const)("a UDP socket, while it has no peer and when it has one (%s)", async (type, host) => {
    const { socket, port } = await bind(type);
    const ends = { protocol: 17, localAddress: host, localPort: port, remoteAddress: host };
    expect(finder.find({ ...ends, remotePort: 77 })).toMatchObject({ state: "unconnected", localPort: port });
    socket.connect(port, host);
    await once(socket, "connect");
    expect(finder.find({ ...ends, remotePort: port })).toMatchObject({ state: "connected", ...ends });
    expect(finder.find({ ...ends, remotePort: 77 }), "it takes nothing from others").toBeUndefined();
  });

  test("the connected UDP socket comes before the one that takes from all", async () => {
    const any = createSocket({ type: "udp4", reuseAddr: true }).bind(0);
    closing.push(() => any.close());
    await once(any, "listening");
    const { port } = any.address();
    const one = createSocket({ type: "udp4", reuseAddr: true }).bind(port);
    closing.push(() => one.close());
    await once(one, "listening");
    one.connect(77, "127.0.0.1");
    await once(one, "connect");
    const ends = { protocol: 17, localAddress: "127.0.0.1", localPort: port, remoteAddress: "127.0.0.1" };
    expect(finder.find({ ...ends, remotePort: 77 })?.state).toBe("connected");
    expect(finder.find({ ...ends, remotePort: 78 })?.state).toBe("unconnected");
  });

  test("an IPv6 UDP socket serves IPv4 as well", async () => {
    const { port } = await bind("udp6");
    const ends = { protocol: 17, localAddress: "127.0.0.1", remoteAddress: "127.0.0.1", remotePort: 77 };
    expect(finder.find({ ...ends, localPort: port })).toMatchObject({ localAddress: "::", localPort: port });
  });
});

function portOf(address: string | AddressInfo | null): number {
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** An answer of the kernel about a TCP socket of 127.0.0.1:1234 in this state, of nobody and without a cgroup. */
function note(sequence: number, state: number): Uint8Array {
  const bytes = new Uint8Array(16 + 72);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, 20, true);
  view.setUint32(8, sequence, true);
  bytes.set([2, state], 16);
  view.setUint16(16 + 4, 1234);
  bytes.set([127, 0, 0, 1], 16 + 8);
  return bytes;
}

test("a connection that is only being made belongs to the listener", () => {
  const asked: Uint8Array[] = [];
  const transport: NetlinkTransport & Disposable = {
    send: (messages) => asked.push(Uint8Array.from(messages)),
    // The first answer is to an earlier question that nobody waits for any more.
    receive: () => (asked.length === 1 ? Buffer.concat([note(0, 1), note(1, 3)]) : note(2, 10)),
    [Symbol.dispose]: () => {},
  };
  using finder = new NetlinkSocketFinder(transport);
  const ends = { protocol: 6, localAddress: "127.0.0.1", localPort: 1234 };
  expect(finder.find({ ...ends, remoteAddress: "127.0.0.1", remotePort: 5 })?.state).toBe("listening");
  const remotes = asked.map((bytes) => Buffer.from(bytes.subarray(26, 28)).readUInt16BE());
  expect(remotes, "the second question is about any remote end").toEqual([5, 0]);
});

test.each([
  ["nothing", undefined, "kernel/netlink-failed"],
  [
    "a refusal",
    Buffer.from(`24000000020000000100000000000000eaffffff${"00".repeat(16)}`, "hex"),
    "kernel/netlink-refused",
  ],
])("%s for an answer is an error", (_what, answer, code) => {
  using finder = new NetlinkSocketFinder({
    send: () => {},
    receive: () => answer,
    [Symbol.dispose]: () => {},
  });
  const ends = { protocol: 6, localAddress: "::1", localPort: 1, remoteAddress: "::1", remotePort: 2 };
  expect(() => finder.find(ends)).toThrow(expect.objectContaining({ code }));
});
