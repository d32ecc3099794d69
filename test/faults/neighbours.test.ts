import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AgentShell } from "./agent-shell.ts";
import { acceptingTable, DOCKER, FIREWALLD } from "./foreign-tables.ts";
import type { ShortPolicy } from "./governed.ts";
import { expectOutcomes } from "./outcomes.ts";

const FOREIGN = [
  DOCKER,
  FIREWALLD,
  acceptingTable("early", "filter - 50"),
  acceptingTable("late", "filter + 50"),
];

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
  for (const service of ["tcp/22", "tcp/23", "udp/53", "udp/7777"] as const) await server.listen(service);
});
afterAll(() => estate?.remove());

function policy(...rules: ShortPolicy["rules"]): ShortPolicy {
  return { managed: [server], rules };
}

const ssh = { name: "ssh", allow: ["tcp/22", "udp/7777"], from: "any", to: "managed" };
const dns = { name: "dns", allow: "udp/53", from: "any", to: "managed" };

/** Everything that the kernel holds but ours, handles and counters included. */
async function foreignTables(): Promise<string> {
  const ruleset = await server.run(["nft", "-a", "list", "ruleset"]);
  return ruleset.replace(/^table inet bulkhead \{[\s\S]*?^\}\n/m, "");
}

describe.each([
  ["before ours", async () => loadForeign(), async () => {}],
  ["after ours", async () => {}, async () => loadForeign()],
])("tables of others that were made %s", (_when, makeEarly, makeLate) => {
  test("stay as they are, byte for byte, whatever we do", async () => {
    await server.run(["nft", "flush", "ruleset"]);
    await makeEarly();
    await agent.apply(policy(ssh));
    await makeLate();
    const foreign = await foreignTables();
    expect(foreign).toContain("table inet firewalld");
    await agent.apply(policy(ssh, dns));
    await agent.apply(policy(dns));
    await agent.run("rollback");
    await agent.apply(policy(ssh), "--confirm-within", "60s");
    await agent.run("confirm");
    expect(await foreignTables()).toBe(foreign);
    await agent.run("clear");
    expect(await server.run(["nft", "-a", "list", "ruleset"])).toBe(foreign);
  });

  test("accept nothing that ours denies, and still deny what ours allows", async () => {
    await server.run(["nft", "flush", "ruleset"]);
    await makeEarly();
    await agent.apply(policy(ssh));
    await makeLate();
    for (const family of [4, 6] as const)
      await expectOutcomes(client, [
        [{ to: "server", service: "tcp/22", family }, "connected"],
        [{ to: "server", service: "tcp/23", family }, "timeout"],
        [{ to: "server", service: "udp/53", family }, "timeout"],
        [{ to: "server", service: "udp/7777", family }, "timeout"],
      ]);
    await expectOutcomes(server, [
      [{ to: "client", service: "tcp/22" }, "refused"],
      [{ to: "client", service: "icmp" }, "prohibited"],
    ]);
    await agent.run("clear");
  });
});

test("control: without our table the foreign ones let in what ours denies", async () => {
  await server.run(["nft", "flush", "ruleset"]);
  await loadForeign();
  await expectOutcomes(client, [
    [{ to: "server", service: "tcp/23" }, "connected"],
    [{ to: "server", service: "udp/53" }, "connected"],
  ]);
});

async function loadForeign(): Promise<void> {
  for (const { text } of FOREIGN)
    await server.run(["nft", "-f", "-"], { input: text.replaceAll(/; /g, "\n") });
}
