import { afterAll, beforeAll, expect, test } from "vitest";
import type { Session } from "../estate/conversation.ts";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";

/** Bytes that the way from the router to the client takes; the server's own link takes 1500. */
const NARROW = 1300;
/** Messages of 16 bytes: many full segments, and far more than a first window. */
const MUCH = 20_000;

let estate: Estate;
let client: Host;
let server: Host;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: {
      client: ["10.0.0.1", "fd00::1"],
      server: ["10.0.0.2", "fd00::2"],
      router: ["10.0.0.254", "fd00::fe"],
    },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  await estate.host("router").run(["sh", "-ec", ROUTER]);
  await server.run(["sh", "-ec", DETOUR]);
  // Full segments are only sent by who has a lot to say.
  await server.listen("tcp/4000", { answer: "push", burst: 2000 });
  const agent = await AgentShell.open(server);
  await agent.apply({ managed: [server], rules: [{ allow: "tcp/4000", from: "any", to: "managed" }] });
});
afterAll(() => estate?.remove());

/** One-armed: what it forwards goes out where it came in. */
const ROUTER = `
for setting in ipv4/conf/all/send_redirects=0 ipv4/conf/eth0/send_redirects=0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1; do
  echo \${setting#*=} > /proc/sys/net/\${setting%=*}
done
ip route add 10.0.0.1/32 dev eth0 mtu lock ${NARROW}
ip route add fd00::1/128 dev eth0 mtu lock ${NARROW}`;

const DETOUR = `
echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_redirects
ip route add 10.0.0.1/32 via 10.0.0.254 dev eth0 onlink
ip route add fd00::1/128 via fd00::fe dev eth0 onlink`;

/** A neighbour that drops what our table never judges. */
const DEAF = `table inet deaf {
  chain input {
    type filter hook input priority filter
    icmp type destination-unreachable drop
    icmpv6 type packet-too-big drop
  }
}
`;

function download(family: 4 | 6): Promise<Session> {
  return client.session("server", "tcp/4000", { talk: "hear", family });
}

test.each([4, 6] as const)(
  "over IPv%i a large answer finds its way through a narrow link, though no rule speaks of ICMP; control: not where that is dropped",
  async (family) => {
    await server.run(["nft", "-f", "-"], { input: DEAF });
    const stuck = await download(family);
    expect(await stuck.receivesMore(MUCH, 1_500)).toBe(false);
    await stuck.close();
    await server.run(["nft", "delete", "table", "inet", "deaf"]);
    const through = await download(family);
    expect(await through.receivesMore(MUCH)).toBe(true);
    await through.close();
  },
);
