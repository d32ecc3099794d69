import { afterEach, beforeEach, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";
import { expectOutcomes } from "./outcomes.ts";

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

/** Every pair of addresses gets what it always got: one service is allowed, the other is not. */
function expectAsEver(
  links: readonly { readonly source: string; readonly to: string }[] = LINKS,
): Promise<void> {
  const allowed = links.map((link) => [{ ...link, service: "tcp/22" }, "connected"] as const);
  const denied = links.map((link) => [{ ...link, service: "tcp/23" }, "timeout"] as const);
  return expectOutcomes(client, [...allowed, ...denied]);
}

const LINKS = [
  { source: "10.0.0.1", to: "10.0.0.2" },
  { source: "fd00::1", to: "fd00::2" },
];

test("no verdict changes when the interface is renamed, nor when it is another one with the same addresses", async () => {
  await expectAsEver();
  await server.run(["sh", "-ec", "ip link set eth0 down; ip link set eth0 name lan0; ip link set lan0 up"]);
  await server.run(["sh", "-ec", restoreAddresses("lan0")]);
  await expectAsEver();
  // A bridge of the host's own takes the interface in, with its addresses.
  await server.run([
    "sh",
    "-ec",
    "ip link add br0 type bridge stp_state 0 forward_delay 0; ip addr flush dev lan0; ip link set lan0 master br0; ip link set br0 up",
  ]);
  await server.run(["sh", "-ec", restoreAddresses("br0")]);
  await expectAsEver();
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
  await expectAsEver([
    { source: "10.0.1.1", to: "10.0.1.2" },
    { source: "fd01::1", to: "fd01::2" },
  ]);
  await expectAsEver();
});

function restoreAddresses(device: string): string {
  return `ip addr replace 10.0.0.2/32 dev ${device}
ip addr replace fd00::2/128 dev ${device} nodad
ip route replace 0.0.0.0/0 dev ${device} scope link
ip route replace ::/0 dev ${device}`;
}
