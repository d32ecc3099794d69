import { afterEach, beforeEach, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";

let estate: Estate;
let client: Host;
let server: Host;
beforeEach(async () => {
  estate = await Estate.create({
    hosts: { client: ["10.0.0.1", "fd00::1"], server: ["10.0.0.2", "fd00::2"] },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  await server.listen("tcp/22", { addresses: ["::"] });
  await server.listen("tcp/23", { addresses: ["::"] });
  const agent = await AgentShell.open(server);
  const from = ["10.0.0.0/24", "fd00::/64", "10.0.1.0/24", "fd01::/64"];
  await agent.apply({ managed: [server], rules: [{ allow: "tcp/22", from, to: "managed" }] });
  await agent.end();
});
afterEach(() => estate?.remove());

const SERVICES = ["tcp/22", "tcp/23"] as const;

/** What the client gets: what is allowed and what is denied, on each family. */
function verdicts(): Promise<readonly string[]> {
  const families = [4, 6] as const;
  return client.probe(
    families.flatMap((family) =>
      SERVICES.map((service) => ({ to: "server", service, family, timeout: 400 })),
    ),
  );
}

const AS_EVER = ["connected", "timeout", "connected", "timeout"];

test("no verdict changes when the interface is renamed, nor when it is another one with the same addresses", async () => {
  expect(await verdicts()).toEqual(AS_EVER);
  await server.run(["sh", "-ec", "ip link set eth0 down; ip link set eth0 name lan0; ip link set lan0 up"]);
  await server.run(["sh", "-ec", restoreAddresses("lan0")]);
  expect(await verdicts()).toEqual(AS_EVER);
  // A bridge of the host's own takes the interface in, with its addresses.
  await server.run([
    "sh",
    "-ec",
    "ip link add br0 type bridge stp_state 0 forward_delay 0; ip addr flush dev lan0; ip link set lan0 master br0; ip link set br0 up",
  ]);
  await server.run(["sh", "-ec", restoreAddresses("br0")]);
  expect(await verdicts()).toEqual(AS_EVER);
});

test("what comes in over an interface that appeared later is judged as well", async () => {
  const { pid } = client.namespace;
  await server.run([
    "sh",
    "-ec",
    `ip link add new0 type veth peer name new0 netns ${pid}; ip addr add 10.0.1.2/24 dev new0; ip addr add fd01::2/64 dev new0 nodad; ip link set new0 up`,
  ]);
  await client.run([
    "sh",
    "-ec",
    "ip addr add 10.0.1.1/24 dev new0; ip addr add fd01::1/64 dev new0 nodad; ip link set new0 up",
  ]);
  const links = [
    { source: "10.0.1.1", to: "10.0.1.2" },
    { source: "fd01::1", to: "fd01::2" },
  ];
  const probes = links.flatMap((link) => SERVICES.map((service) => ({ ...link, service, timeout: 400 })));
  expect(await client.probe(probes)).toEqual(AS_EVER);
  expect(await verdicts()).toEqual(AS_EVER);
});

function restoreAddresses(device: string): string {
  return `ip addr replace 10.0.0.2/32 dev ${device}
ip addr replace fd00::2/128 dev ${device} nodad
ip route replace 0.0.0.0/0 dev ${device} scope link
ip route replace ::/0 dev ${device}`;
}
