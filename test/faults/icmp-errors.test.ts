import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";
import { expectOutcomes } from "./outcomes.ts";

/** Allowed, but nobody listens there. */
const CLOSED = "udp/99";

let estate: Estate;
let client: Host;
let server: Host;
beforeAll(async () => {
  estate = await Estate.create({
    hosts: { client: ["10.0.0.1", "fd00::1"], server: ["10.0.0.2", "fd00::2"] },
  });
  [client, server] = [estate.host("client"), estate.host("server")];
  for (const host of [client, server]) {
    const agent = await AgentShell.open(host);
    await agent.apply({
      managed: [client, server],
      rules: [{ allow: CLOSED, from: "managed", to: "managed" }],
    });
  }
});
afterAll(() => estate?.remove());

function expectBoth(outcome: "refused" | "timeout"): Promise<void> {
  return expectOutcomes(
    client,
    ([4, 6] as const).map((family) => [{ to: "server", service: CLOSED, family }, outcome] as const),
  );
}

test("an ICMP error about an allowed flow gets through two hosts that enforce, though no rule allows ICMP; control: not where it is dropped", async () => {
  await expectBoth("refused");
  expect(await client.connect("server", "icmp")).toBe("prohibited");
  await client.run(["nft", "-f", "-"], {
    input:
      "table inet deaf {\n chain input {\n type filter hook input priority filter\n icmp type destination-unreachable drop\n icmpv6 type destination-unreachable drop\n }\n}\n",
  });
  await expectBoth("timeout");
});
