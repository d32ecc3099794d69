import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { packet, udpDatagram } from "../estate/packet.ts";
import { AgentShell } from "./agent-shell.ts";
import { Witness } from "./witness.ts";

const UDP = 17;

let estate: Estate;
let client: Host;
let server: Host;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: {
      client: ["10.0.0.1", "fd00::1"],
      server: ["10.0.0.2", "fd00::2"],
      stranger: ["10.0.0.3", "fd00::3"],
    },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  await server.listen("tcp/22");
  for (const host of [client, server]) {
    const agent = await AgentShell.open(host);
    await agent.apply({ managed: [client, server], rules: [{ allow: "tcp/22", from: "any", to: "any" }] });
  }
});
afterAll(() => estate?.remove());

async function forgetNeighbours(): Promise<void> {
  for (const host of [client, server]) await host.run(["ip", "neigh", "flush", "dev", "eth0"]);
}

test("hosts that enforce everything still find their neighbours; control: not where neighbour discovery is dropped", async () => {
  for (const family of [4, 6] as const) {
    await forgetNeighbours();
    expect(await client.connect("server", "tcp/22", { family, timeout: 5_000 })).toBe("connected");
  }
  await server.run(["nft", "-f", "-"], {
    input:
      "table inet deaf {\n chain input {\n type filter hook input priority filter\n icmpv6 type nd-neighbor-solicit drop\n }\n}\n",
  });
  await forgetNeighbours();
  expect(await client.connect("server", "tcp/22", { family: 6, timeout: 500 })).not.toBe("connected");
  await server.run(["nft", "delete", "table", "inet", "deaf"]);
  await forgetNeighbours();
});

/** Messages of a DHCP client on the server, out and in; each with one that differs in a port only and is judged like any other. */
const DHCP = [
  {
    name: "DHCP",
    hook: "output",
    ends: ["0.0.0.0", "255.255.255.255"],
    exempt: [68, 67],
    judged: [1068, 67],
  },
  {
    name: "DHCP to a known server",
    hook: "output",
    ends: ["10.0.0.2", "10.0.0.3"],
    exempt: [68, 67],
    judged: [68, 69],
  },
  {
    name: "an answer of DHCP",
    hook: "input",
    ends: ["10.0.0.3", "10.0.0.2"],
    exempt: [67, 68],
    judged: [67, 1068],
  },
  {
    name: "a broadcast answer of DHCP",
    hook: "input",
    ends: ["10.0.0.3", "255.255.255.255"],
    exempt: [67, 68],
    judged: [1067, 68],
  },
  { name: "DHCPv6", hook: "output", ends: ["fd00::2", "ff02::1:2"], exempt: [546, 547], judged: [1546, 547] },
  {
    name: "an answer of DHCPv6",
    hook: "input",
    ends: ["fd00::3", "fd00::2"],
    exempt: [547, 546],
    judged: [547, 1546],
  },
] as const;

test.each(DHCP)(
  "$name passes where nothing allows it, and with another port does not",
  async ({ hook, ends, exempt, judged }) => {
    const [source, destination] = ends;
    const sender = hook === "output" ? server : estate.host("stranger");
    // A multicast group is reached through an interface, here the only one.
    const target = destination.startsWith("ff")
      ? `${destination}%${await interfaceNumber(sender)}`
      : destination;
    for (const [ports, passes] of [
      [exempt, true],
      [judged, false],
    ] as const) {
      await using witness = await Witness.at(server, `udp sport ${ports[0]} udp dport ${ports[1]}`, hook);
      const flight = { source, destination };
      await sender.transmit([
        { bytes: packet(flight, UDP, udpDatagram(flight, ports)), destination: target },
      ]);
      expect(await witness.saw(1, passes), ports.join(" -> ")).toBe(passes);
    }
  },
);

async function interfaceNumber(host: Host): Promise<number> {
  return Number.parseInt(await host.run(["ip", "-o", "link", "show", "dev", "eth0"]), 10);
}

test("control: without the table what is judged passes as well", async () => {
  await server.run(["nft", "delete", "table", "inet", "bulkhead"]);
  await using witness = await Witness.at(server, "udp sport 67 udp dport 1068");
  const flight = { source: "10.0.0.3", destination: "10.0.0.2" };
  const bytes = packet(flight, UDP, udpDatagram(flight, [67, 1068]));
  await estate.host("stranger").transmit([{ bytes, destination: flight.destination }]);
  expect(await witness.saw(1, true)).toBe(true);
});
