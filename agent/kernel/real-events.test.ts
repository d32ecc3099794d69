import { spawn, spawnSync } from "node:child_process";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConnectionEvent } from "./events.ts";
import { collect, type EventSubject, eventsContract, GROUP } from "./fixtures/events-contract.ts";
import { describeInNamespace } from "./fixtures/own-namespace.ts";
import { switchAccountingOn } from "./host/accounting.ts";
import { ConnectionDecoder } from "./netlink/connection-events.ts";
import { NFNLGRP_CONNTRACK_NEW } from "./netlink/conntrack-numbers.ts";
import { NetlinkEventSource } from "./netlink/event-source.ts";
import { NetlinkSocket } from "./netlink/socket.ts";
import { PROTOCOL } from "./netlink/transport.ts";
import { realKernel } from "./real.ts";
import { realEvents } from "./real-events.ts";

/** Our table, as far as these tests need it; what the accounting needs as well is conntrack itself. */
const TABLE = `
  table inet bulkhead {
    chain probe { }
    chain output {
      type filter hook output priority filter; policy accept;
      ct state new counter
      udp dport 10 log prefix "hello" group ${GROUP}
    }
    chain input {
      type filter hook input priority filter; policy accept;
      udp dport 15 log prefix "in" group ${GROUP}
    }
  }
`;

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  expect(status, `${command} ${args.join(" ")}: ${stderr}`).toBe(0);
}

function nft(text: string): void {
  const { status, stderr } = spawnSync("nft", ["-f", "-"], { input: text, encoding: "utf8" });
  expect(status, stderr).toBe(0);
}

/** Sends one UDP datagram, and is done when it is sent. */
function say(port: number, address = "127.0.0.1"): void {
  run("bash", "-c", `echo -n ${"x".repeat(10)} > /dev/udp/${address}/${port}`);
}

function flushConnections(): void {
  run("conntrack", "-F");
}

describeInNamespace("events of the real kernel", import.meta.url, () => {
  const events = realEvents();
  const closing: (() => unknown)[] = [];
  let addresses = 0;

  beforeAll(() => run("ip", "link", "set", "lo", "up"));
  beforeEach(() => {
    nft(`add table inet bulkhead\ndelete table inet bulkhead\n${TABLE}`);
    flushConnections();
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  function fresh(): EventSubject {
    return {
      events,
      connect: say,
      log: say,
      commit: () => nft("add rule inet bulkhead probe accept\n"),
      changeAddress: () => run("ip", "address", "add", `10.9.9.${++addresses}/32`, "dev", "lo"),
    };
  }

  describe("they keep the contract of events", () => eventsContract(fresh));

  /** Waits in turns, so that this process's own sockets go on. */
  async function ends(source: ReturnType<typeof events.connections>, isIt: (e: ConnectionEvent) => boolean) {
    for (;;) {
      const found: ConnectionEvent[] = [];
      source.drain((event) => found.push(event), 100);
      const event = found.find(isIt);
      if (event !== undefined) return event;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  test.each(["127.0.0.1", "::1"])(
    "a TCP connection begins and ends, with what it carried (%s)",
    async (host) => {
      expect(switchAccountingOn()).toHaveProperty("before");
      using connections = events.connections();
      const server = createServer((socket) => socket.end("answer")).listen(0, host);
      closing.push(() => server.close());
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      const client = connect(port, host);
      client.resume();
      await once(client, "connect");
      const flow = {
        source: host,
        destination: host,
        protocol: 6,
        sourcePort: client.localPort,
        service: port,
      };
      const begun = await ends(connections, ({ kind }) => kind === "new");
      expect(begun).toEqual({
        kind: "new",
        flow,
        replySource: host,
        replyDestination: host,
        mark: 0,
        replied: false,
        pickedUp: false,
        packets: 0,
        bytes: 0,
      });
      await once(client, "close");
      flushConnections();
      const ended = await ends(connections, ({ kind }) => kind === "end");
      expect(ended).toMatchObject({ flow, replied: true });
      // SYN, SYN-ACK, ACK, data, and what closes; each with its headers.
      expect(ended.packets).toBeGreaterThanOrEqual(6);
      expect(ended.bytes).toBeGreaterThan(ended.packets * (host === "::1" ? 60 : 40));
    },
  );

  test("a connection that conntrack forgets is picked up by its next packet, the wrong way round where the server speaks", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    closing.push(() => server.close());
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const client = connect(port, "127.0.0.1");
    const [accepted] = (await once(server, "connection")) as [ReturnType<typeof connect>];
    closing.push(
      () => client.destroy(),
      () => accepted.destroy(),
    );
    flushConnections();
    using connections = events.connections();
    accepted.write("hello");
    const begun = await ends(connections, ({ kind }) => kind === "new");
    expect(begun).toMatchObject({
      flow: { sourcePort: port, service: client.localPort },
      pickedUp: true,
    });
  });

  test.each(["127.0.0.1", "::1"])("a UDP flow is counted to the byte (%s)", (host) => {
    switchAccountingOn();
    using connections = events.connections();
    say(99, host);
    flushConnections();
    const told = collect(events, connections, 2).filter(({ flow }) => flow.service === 99);
    expect(told.map(({ kind }) => kind)).toEqual(["new", "end"]);
    const headers = host === "::1" ? 48 : 28;
    expect(told[1]).toMatchObject({
      flow: { source: host, destination: host, protocol: 17, service: 99 },
      packets: 1,
      bytes: headers + 10,
      replied: false,
    });
  });

  test("a connection bears its mark, and where its replies come from when it was translated", () => {
    nft(`
      add chain inet bulkhead nat { type nat hook output priority -100; }
      add rule inet bulkhead nat udp dport 98 dnat ip to 127.0.0.2:97
      add rule inet bulkhead output udp dport 97 ct mark set 0x05000007
    `);
    using connections = events.connections();
    say(98);
    const [event] = collect(events, connections);
    expect(event).toMatchObject({
      flow: { destination: "127.0.0.1", service: 98 },
      replySource: "127.0.0.2",
      replyDestination: "127.0.0.1",
      mark: 0x05000007,
    });
  });

  test("a connection in a zone bears its number", () => {
    nft(`
      add chain inet bulkhead raw { type filter hook output priority raw; }
      add rule inet bulkhead raw udp dport 96 ct zone set 7
    `);
    using connections = events.connections();
    say(96);
    expect(collect(events, connections)[0]?.flow).toMatchObject({ service: 96, zone: 7 });
  });

  test("a logged packet bears its flow, length and account on output", async () => {
    using packets = events.packets(GROUP);
    for (const host of ["127.0.0.1", "::1"]) say(10, host);
    const flow = { protocol: 17, sourcePort: expect.any(Number), service: 10 };
    expect(collect(events, packets, 2)).toEqual([
      {
        prefix: "hello",
        flow: { ...flow, source: "127.0.0.1", destination: "127.0.0.1" },
        bytes: 38,
        uid: process.getuid?.(),
        hook: "output",
      },
      {
        prefix: "hello",
        flow: { ...flow, source: "::1", destination: "::1" },
        bytes: 58,
        uid: process.getuid?.(),
        hook: "output",
      },
    ]);
  });

  test("on input nobody is named as the sender, though the receiver is known", async () => {
    const receiver: UdpSocket = createSocket("udp4").bind(15, "127.0.0.1");
    closing.push(() => receiver.close());
    await once(receiver, "listening");
    using packets = events.packets(GROUP);
    say(15);
    expect(collect(events, packets)).toEqual([
      expect.objectContaining({ prefix: "in", hook: "input", uid: undefined }),
    ]);
  });

  test("ICMP's type and code are its service", () => {
    nft(`add rule inet bulkhead output meta l4proto icmp log prefix "icmp" group ${GROUP}\n`);
    using packets = events.packets(GROUP);
    // Nobody listens there: the kernel says so (destination unreachable, port).
    say(95);
    expect(collect(events, packets)[0]?.flow).toEqual({
      source: "127.0.0.1",
      destination: "127.0.0.1",
      protocol: 1,
      sourcePort: 0,
      service: 3 * 256 + 3,
    });
  });

  test("a commit names who made it, however much it was", async () => {
    using rulesets = events.rulesets();
    const elements = Array.from({ length: 2_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const chains = Array.from({ length: 30 }, (_, index) => `add chain inet bulkhead c${index}\n`).join("");
    const child = spawn("nft", ["-f", "-"], { stdio: ["pipe", "inherit", "inherit"] });
    child.stdin.end(
      `add set inet bulkhead s { type ipv4_addr; elements = { ${elements.join(",")} } }\n${chains}`,
    );
    await once(child, "exit");
    const [event] = collect(events, rulesets);
    expect(event?.by).toEqual({ pid: child.pid, name: "nft" });
    expect(event?.ours.length).toBeLessThanOrEqual(20);
    expect(event?.ours).toEqual(
      expect.arrayContaining(["set s added", expect.stringMatching(/^element added to set s \(/)]),
    );
    expect(event?.ours.at(-1)).toMatch(/^and \d+ more$/);
  });

  test("a flush of everything says first that the table is gone; other tables are nobody's business", () => {
    using rulesets = events.rulesets();
    nft("add table ip elsewhere { chain c { accept; }; }\n");
    expect(collect(events, rulesets)[0]?.ours).toEqual([]);
    nft("flush ruleset\n");
    const [event] = collect(events, rulesets);
    expect(event?.ours[0]).toBe("table removed");
    expect(event?.ours).toContain("chain probe removed");
  });

  test("our own change over netlink is a commit as well", () => {
    nft("add set inet bulkhead web_4 { type ipv4_addr; }\n");
    using rulesets = events.rulesets();
    const kernel = realKernel();
    closing.push(() => kernel.close());
    kernel.members.apply({
      add: [{ set: "web_4", type: "ipv4_addr", elements: [{ kind: "address", address: "10.0.0.1" }] }],
      remove: [],
    });
    expect(collect(events, rulesets)[0]).toMatchObject({
      by: { pid: process.pid },
      ours: ["element added to set web_4"],
    });
  });

  test("what the kernel had to drop is counted, to the last event", () => {
    const tiny = realEvents({ receiveBytes: 4096 });
    using connections = tiny.connections();
    const connectTo = (ports: string) =>
      run("bash", "-c", `for p in $(seq ${ports}); do echo -n x > /dev/udp/127.0.0.1/$p; done`);
    connectTo("1000 1099");
    let seen = 0;
    let lost = connections.drain(() => seen++, 1);
    expect([seen, lost > 0]).toEqual([1, true]);
    // Until all that waits is read, the kernel drops what comes without saying so again.
    connectTo("1100 1199");
    while (tiny.wait([connections], 0)) lost += connections.drain(() => seen++, 1_000);
    expect(lost).toBeGreaterThan(0);
    expect(seen + lost).toBe(200);
    say(99);
    expect(collect(tiny, connections)[0]?.flow.service).toBe(99);
  });

  test("packets that are lost are counted by their numbers", () => {
    const tiny = realEvents({ receiveBytes: 4096 });
    using packets = tiny.packets(GROUP);
    // One datagram that is no loss first, so that there is a number to count from.
    say(10);
    expect(collect(tiny, packets)).toHaveLength(1);
    run("bash", "-c", "for p in $(seq 600); do echo -n x > /dev/udp/127.0.0.1/10; done");
    let seen = 0;
    let lost = 0;
    while (tiny.wait([packets], 300)) lost += packets.drain(() => seen++, 100);
    say(10);
    while (tiny.wait([packets], 300)) lost += packets.drain(() => seen++, 100);
    expect(lost).toBeGreaterThan(0);
    expect(seen + lost).toBe(601);
  });

  test("a message that is longer than its place is a loss, not half a message", () => {
    const socket = new NetlinkSocket(PROTOCOL.netfilter);
    socket.join([NFNLGRP_CONNTRACK_NEW]);
    const room = { slots: 2, slotBytes: 64 };
    using connections = new NetlinkEventSource(socket, room, (view) => new ConnectionDecoder(view));
    for (const port of [71, 72, 73]) say(port);
    expect(connections.drain(() => expect.unreachable(), 10)).toBe(3);
  });

  test("a source that is closed leaves no descriptor behind", () => {
    const open = () => {
      using one = events.connections();
      return one.descriptor;
    };
    expect(open()).toBe(open());
  });
});
