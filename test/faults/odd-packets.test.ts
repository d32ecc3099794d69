import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Listener } from "../estate/conversation.ts";
import { Estate } from "../estate/estate.ts";
import { behind, EXTENSION, inTwo } from "../estate/fragment.ts";
import type { Host } from "../estate/host.ts";
import { packet, udpDatagram } from "../estate/packet.ts";
import { AgentShell } from "./agent-shell.ts";

const ALLOWED = 4000;
const DENIED = 4001;
const UDP = 17;
const FLIGHTS = [
  { source: "10.0.0.1", destination: "10.0.0.2" },
  { source: "fd00::1", destination: "fd00::2" },
] as const;
const SIX = FLIGHTS[1];
type Flight = { readonly source: string; readonly destination: string };

let estate: Estate;
let client: Host;
let server: Host;
let listeners: Record<number, Listener>;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: { client: ["10.0.0.1", "fd00::1"], server: ["10.0.0.2", "fd00::2"] },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  listeners = {
    [ALLOWED]: await server.listen(`udp/${ALLOWED}`, { answer: "sink" }),
    [DENIED]: await server.listen(`udp/${DENIED}`, { answer: "sink" }),
  };
  const agent = await AgentShell.open(server);
  const rules = FLIGHTS.map(({ source }) => ({ allow: `udp/${ALLOWED}`, from: source, to: "managed" }));
  await agent.apply({ managed: [server], rules });
});
afterAll(() => estate?.remove());

/** Packets that make one datagram to a port. */
type Shape = (flight: Flight, port: number) => readonly Buffer[];

const datagram = (flight: Flight, port: number) => udpDatagram(flight, [40_000, port], Buffer.alloc(40));
const fragments = (flight: Flight, port: number, at: number) =>
  inTwo(flight, UDP, datagram(flight, port), { at, id: 7000 + port });

const BOTH_FAMILIES: Record<string, Shape> = {
  "a whole datagram": (flight, port) => [packet(flight, UDP, datagram(flight, port))],
  "a datagram in two fragments": (flight, port) => fragments(flight, port, 24),
  "fragments of which the first holds only the header": (flight, port) => fragments(flight, port, 8),
  "fragments of which the last comes first": (flight, port) => fragments(flight, port, 24).toReversed(),
};

const ONLY_SIX: Record<string, Shape> = {
  "hop-by-hop options": (flight, port) => [behind(flight, [EXTENSION.hopByHop], UDP, datagram(flight, port))],
  "destination options": (flight, port) => [
    behind(flight, [EXTENSION.destinationOptions], UDP, datagram(flight, port)),
  ],
  "hop-by-hop and twice destination options": (flight, port) => [
    behind(
      flight,
      [EXTENSION.hopByHop, EXTENSION.destinationOptions, EXTENSION.destinationOptions],
      UDP,
      datagram(flight, port),
    ),
  ],
  "destination options in the first of two fragments": (flight, port) => {
    const payload = behind(flight, [EXTENSION.destinationOptions], UDP, datagram(flight, port)).subarray(40);
    return inTwo(flight, EXTENSION.destinationOptions, payload, { at: 24, id: 9000 + port });
  },
};

const CASES = [
  ...Object.entries(BOTH_FAMILIES).flatMap(([name, shape]) =>
    FLIGHTS.map((flight) => ({ name, shape, flight })),
  ),
  ...Object.entries(ONLY_SIX).map(([name, shape]) => ({ name, shape, flight: SIX })),
];

/** Sends a shape to a port and holds how many datagrams arrive there. What must not arrive gets a moment longer than anything here is under way. */
async function expectArrivals(shape: Shape, flight: Flight, port: number, expected: number): Promise<void> {
  const before = await received(port);
  const packets = shape(flight, port).map((bytes) => ({ bytes, destination: flight.destination }));
  expect(new Set(await client.transmit(packets))).toEqual(new Set(["sent"]));
  if (expected > 0) await expect.poll(() => received(port), { timeout: 5_000 }).toBe(before + expected);
  else expect(await listeners[port]?.hearsMore(1, 100)).toBe(false);
  await server.fence();
  expect(await received(port)).toBe(before + expected);
}

async function received(port: number): Promise<number> {
  return (await listeners[port]?.received()) ?? 0;
}

describe.each(CASES)("$name from $flight.source", ({ shape, flight }) => {
  test("gets what any other packet to its port gets", async () => {
    await expectArrivals(shape, flight, ALLOWED, 1);
    await expectArrivals(shape, flight, DENIED, 0);
  });
});

test("a source that is an IPv4 address in IPv6 clothes gets nowhere", async () => {
  const mapped = { source: "::ffff:10.0.0.1", destination: "fd00::2" };
  await expectArrivals((flight, port) => [packet(flight, UDP, datagram(flight, port))], mapped, ALLOWED, 0);
});

test("control: without the table every one of them arrives at the denied port", async () => {
  await server.run(["nft", "delete", "table", "inet", "bulkhead"]);
  for (const { shape, flight } of CASES) await expectArrivals(shape, flight, DENIED, 1);
});
