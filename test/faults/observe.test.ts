import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { packet, tcpSegment } from "../estate/packet.ts";
import type { Outcome } from "../estate/worker/requests.ts";
import { AgentShell } from "./agent-shell.ts";
import { arrivedMeanwhile, openAll, portsFrom, troublesOf } from "./conversations.ts";
import type { ShortPolicy } from "./governed.ts";
import { expectOutcomes } from "./outcomes.ts";
import { Witness } from "./witness.ts";

const DENIED = 3000;
const ALLOWED = 4000;
const SYN_AND_FIN = 0x03;

let estate: Estate;
let client: Host;
let server: Host;
let agent: AgentShell;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: { client: ["10.0.0.1", "fd00::1"], server: ["10.0.0.2", "fd00::2"] },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  agent = await AgentShell.open(server);
  await server.listen("tcp/22");
  await server.listen("udp/53");
  await client.listen("tcp/22");
  await client.listen("udp/53");
});
afterEach(() => agent.run("clear"));
afterAll(() => estate?.remove());

/** Denies everything that it can, in every way that it can. */
function forbidding(mode: string): ShortPolicy {
  return {
    managed: [server],
    mode,
    rules: [
      { deny: "tcp/22", from: "any", to: "managed" },
      { deny: "all", from: "managed", to: "any" },
    ],
  };
}

/** TCP, UDP and an echo, over both families. */
function expectAll(from: Host, to: Host, outcome: { tcp: Outcome; others: Outcome }): Promise<void> {
  const flows = (["tcp/22", "udp/53", "icmp"] as const).flatMap((service) =>
    ([4, 6] as const).map((family) => ({ to: to.name, service, family })),
  );
  return expectOutcomes(
    from,
    flows.map((flow) => [flow, flow.service === "tcp/22" ? outcome.tcp : outcome.others] as const),
  );
}

test("in observe nothing is stopped, in either direction, whatever the policy says; in enforce all of it is", async () => {
  await agent.apply(forbidding("observe"));
  await expectAll(client, server, { tcp: "connected", others: "connected" });
  await expectAll(server, client, { tcp: "connected", others: "connected" });
  await agent.apply(forbidding("enforce"));
  await expectAll(client, server, { tcp: "timeout", others: "timeout" });
  await expectAll(server, client, { tcp: "refused", others: "prohibited" });
});

test("established flows do not notice an observing policy that denies them; an enforcing one stops them", async () => {
  await agent.apply({ managed: [server], mode: "observe", rules: [] });
  await using denied = await openAll(client, server, DENIED);
  await using allowed = await openAll(client, server, ALLOWED);
  const rules = [
    { deny: portsFrom(DENIED), from: "any", to: "managed" },
    { allow: portsFrom(ALLOWED), from: "any", to: "managed" },
  ];
  await agent.apply({ managed: [server], mode: "observe", rules });
  for (const one of [...denied, ...allowed]) expect(await one.goesOn(20), one.name).toBe(true);
  expect(await troublesOf([...denied, ...allowed])).toEqual([]);
  await agent.apply({ managed: [server], mode: "enforce", rules });
  const arrived = await arrivedMeanwhile(denied, { witnesses: allowed });
  expect(arrived).toEqual(Object.fromEntries(denied.map(({ name }) => [name, 0])));
});

test("packets that conntrack calls invalid pass where the direction is observed and are dropped where it is enforced", async () => {
  for (const [mode, passed] of [
    ["observe", true],
    ["enforce", false],
    [{ ingress: "observe", egress: "enforce" }, true],
    [{ ingress: "enforce", egress: "observe" }, false],
  ] as const) {
    await agent.apply({ managed: [server], mode, rules: [{ allow: "all", from: "any", to: "managed" }] });
    for (const flight of [
      { source: "10.0.0.1", destination: "10.0.0.2" },
      { source: "fd00::1", destination: "fd00::2" },
    ]) {
      await using witness = await Witness.at(server, "tcp flags & (syn | fin) == syn | fin");
      await client.transmit([
        {
          bytes: packet(flight, 6, tcpSegment(flight, [40_000, 22], SYN_AND_FIN)),
          destination: flight.destination,
        },
      ]);
      expect(await witness.saw(1, passed), `${JSON.stringify(mode)} ${flight.source}`).toBe(passed);
    }
  }
});
