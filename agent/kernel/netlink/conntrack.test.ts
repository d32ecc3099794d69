import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeInNamespace } from "../fixtures/own-namespace.ts";
import type { Tuple } from "../kernel.ts";
import { realKernel } from "../real.ts";
import { readEntry } from "./conntrack-entry.ts";
import { readMessages } from "./message-reader.ts";

/** Taken from a kernel's dump; one attribute a line, nested ones indented. */
const ICMPV6_ENTRY = `
  00010000 0001 0200 01000000 cc5e0000 0a000000
  5400 0180
    2c00 0180
      1400 0300 fd000000000000000000000000000001
      1400 0400 fd000000000000000000000000000002
    2400 0280
      0500 0100 3a000000
      0600 0700 00070000
      0500 0800 80000000
      0500 0900 00000000
  5400 0280
    2c00 0180
      1400 0300 fd000000000000000000000000000002
      1400 0400 fd000000000000000000000000000001
    2400 0280
      0500 0100 3a000000
      0600 0700 00070000
      0500 0800 81000000
      0500 0900 00000000
  0800 0300 00000008
  0800 0800 00000005
  0800 0c00 0b3b1821
  0800 0b00 00000001
  0800 0700 00000063
  1c00 1880
    0800 0100 00000000
    0800 0200 00000000
    0800 0300 00000000
`;
const ICMP_ENTRY = `
  68000000 0001 0200 01000000 cc5e0000 02000000
  3c00 0180
    1400 0180
      0800 0100 0a000001
      0800 0200 0a000002
    2400 0280
      0500 0100 01000000
      0600 0400 00070000
      0500 0500 08000000
      0500 0600 00000000
  0800 0300 0000000e
  0800 0800 05000000
  0800 0c00 85c655a6
`;

test.each([
  [
    ICMPV6_ENTRY,
    {
      source: "fd00::1",
      destination: "fd00::2",
      protocol: 58,
      sourcePort: 7,
      service: 128 * 256,
      mark: 5,
      replied: false,
      pickedUp: false,
    },
  ],
  [
    ICMP_ENTRY,
    {
      source: "10.0.0.1",
      destination: "10.0.0.2",
      protocol: 1,
      sourcePort: 7,
      service: 8 * 256,
      mark: 0x05000000,
      replied: true,
      pickedUp: false,
    },
  ],
])("an entry of the kernel's is read (%#)", (hexadecimal, entry) => {
  const [message] = readMessages(Uint8Array.from(Buffer.from(hexadecimal.replace(/\s/g, ""), "hex")));
  if (message === undefined) throw new Error("no message");
  expect(readEntry(message).entry).toEqual(entry);
});

const TRACKING = `add table inet bulkhead
delete table inet bulkhead
table inet bulkhead {
  chain input {
    type filter hook input priority filter + 10; policy accept;
    ct state new counter comment "new"
    ct state established counter comment "established"
    ct state invalid counter comment "invalid"
  }
}
`;

describeInNamespace("conntrack in the kernel", import.meta.url, () => {
  const { conntrack, nft } = realKernel();
  const closing: (() => unknown)[] = [];

  beforeEach(() => {
    spawnSync("ip", ["link", "set", "lo", "up"]);
    spawnSync("conntrack", ["-F"]);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) close();
    await nft.load("add table inet bulkhead\ndelete table inet bulkhead\n");
  });

  /** A TCP connection over loopback, with both of its ends. */
  async function connection(host: string) {
    const server = createServer().listen(0, host);
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const client = connect(port, host);
    const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
      [Socket],
      unknown,
    ];
    closing.push(
      () => client.destroy(),
      () => accepted.destroy(),
      () => server.close(),
    );
    const flow: Tuple = {
      source: host,
      destination: host,
      protocol: 6,
      sourcePort: client.localPort ?? 0,
      service: port,
    };
    return { client, accepted, flow };
  }

  async function counted(): Promise<Readonly<Record<string, number>>> {
    const counters = (await nft.read())?.counters ?? [];
    return Object.fromEntries(counters.map(({ comment, packets }) => [comment, packets]));
  }

  test.each(["127.0.0.1", "::1"])(
    "a connection that conntrack saw begin is in the dump (%s)",
    async (host) => {
      await nft.load(TRACKING);
      const { flow } = await connection(host);
      expect(conntrack.dump().entries).toEqual([{ ...flow, mark: 0, replied: true, pickedUp: false }]);
      expect(conntrack.create(flow)).toBe(false);
    },
  );

  test.each(["127.0.0.1", "::1"])(
    "a connection that began before conntrack goes on as established in the direction that it is told (%s)",
    async (host) => {
      const { client, accepted, flow } = await connection(host);
      expect(conntrack.dump().entries).toEqual([]);
      expect(conntrack.create(flow)).toBe(true);
      await nft.load(TRACKING);
      // The server speaks first: without the entry, this would be a new flow of the server's.
      accepted.write("hello");
      await once(client, "data");
      // More than a window whose scaling nobody knows: a strict check would call this invalid.
      client.end(Buffer.alloc(4_000_000));
      accepted.resume();
      await once(accepted, "end");
      const packets = await counted();
      expect(packets).toMatchObject({ new: 0, invalid: 0 });
      expect(packets.established).toBeGreaterThan(1);
      expect(conntrack.dump().entries).toEqual([{ ...flow, mark: 0, replied: true, pickedUp: true }]);
    },
  );

  test("an IPv4 address inside IPv6, as nobody but an attacker sends it, can be marked and removed like any other", () => {
    const flow = { source: "::ffff:a00:1", destination: "fd00::1", protocol: 6, sourcePort: 1, service: 2 };
    expect(conntrack.create(flow)).toBe(true);
    const [entry] = conntrack.dump().entries;
    expect(entry).toMatchObject(flow);
    expect(conntrack.setMark(entry ?? flow, { mask: 0xff000000, value: 0x01000000 })).toBe(true);
    expect(conntrack.delete(entry ?? flow)).toBe(true);
  });

  test("a dump of many entries has each of them once", () => {
    const flows = Array.from({ length: 5_000 }, (_, i) => ({
      source: `10.0.${i >> 8}.${i & 255}`,
      destination: "10.9.0.1",
      protocol: 17,
      sourcePort: i,
      service: 53,
    }));
    for (const flow of flows) conntrack.create(flow);
    const { entries, lost } = conntrack.dump();
    expect(lost).toBe(0);
    expect(entries.map(({ sourcePort }) => sourcePort).sort((a, b) => a - b)).toEqual(
      flows.map(({ sourcePort }) => sourcePort),
    );
  });

  test("what is no flow is refused in words", () => {
    const flow = { source: "10.0.0.1", destination: "fd00::1", protocol: 6, sourcePort: 1, service: 2 };
    expect(() => conntrack.create(flow)).toThrow(
      expect.objectContaining({
        code: "kernel/netlink-refused",
        message: "there is no flow from '10.0.0.1' to 'fd00::1'",
      }),
    );
    expect(() => conntrack.delete({ ...flow, source: "web-1" })).toThrow("there is no flow from 'web-1'");
  });
});
