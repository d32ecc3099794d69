import { afterAll, beforeAll, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import type { Ends } from "../estate/speaker.ts";
import type { Outcome } from "../estate/worker/requests.ts";
import { AgentShell } from "./agent-shell.ts";
import { expectOutcomes } from "./outcomes.ts";

let estate: Estate;
let client: Host;
let server: Host;
let agent: AgentShell;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: {
      client: ["10.0.0.1", "fd00::1"],
      server: ["10.0.0.2", "fd00::2"],
      stranger: ["10.0.0.3", "fd00::3"],
    },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  agent = await AgentShell.open(server);
  // One socket for both families: IPv4 callers come to it with addresses like ::ffff:10.0.0.1.
  await server.listen("tcp/22", { addresses: ["::"] });
  await server.listen("udp/53", { addresses: ["::"] });
});
afterAll(() => estate?.remove());

const OPEN = ["tcp/22", "udp/53"] as const;

/** Both services get the same outcome. */
function expectBoth(outcome: Outcome, from: Host, to: string, ends: Ends = {}): Promise<void> {
  return expectOutcomes(
    from,
    OPEN.map((service) => [{ to, service, ...ends }, outcome] as const),
  );
}

/** `fe80::…%eth0`, as a program on the host would write it. */
async function linkLocal(host: Host): Promise<string> {
  const line = await host.run(["ip", "-o", "-6", "addr", "show", "dev", "eth0", "scope", "link"]);
  return `${/inet6 (fe80:[0-9a-f:]+)/.exec(line)?.[1]}%eth0`;
}

test("an IPv4 caller of a socket for both families is judged by its IPv4 address, also where it writes it in IPv6 clothes", async () => {
  await agent.apply({ managed: [server], rules: [{ allow: OPEN, from: "10.0.0.1", to: "managed" }] });
  await expectBoth("connected", client, "server", { family: 4 });
  await expectBoth("connected", client, "::ffff:10.0.0.2", { source: "::ffff:10.0.0.1" });
  await expectBoth("timeout", estate.host("stranger"), "server", { family: 4 });
  await expectBoth("timeout", client, "server", { family: 6 });
});

test("a link-local address is judged like any other: it is in no segment, but it is in any", async () => {
  const [to, source] = [await linkLocal(server), await linkLocal(client)];
  await agent.apply({
    managed: [server],
    rules: [{ allow: OPEN, from: ["10.0.0.1", "fd00::/64"], to: "managed" }],
  });
  await expectBoth("connected", client, "server", { family: 6 });
  await expectBoth("timeout", client, to, { source });
  await agent.apply({ managed: [server], rules: [{ allow: OPEN, from: "any", to: "managed" }] });
  await expectBoth("connected", client, to, { source });
  await agent.apply({ managed: [server], rules: [{ allow: OPEN, from: "fe80::/10", to: "managed" }] });
  await expectBoth("connected", client, to, { source });
  await expectBoth("timeout", client, "server", { family: 6 });
});
