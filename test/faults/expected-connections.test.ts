import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";
import { AgentShell } from "./agent-shell.ts";
import { loadBare } from "./governed.ts";

const FTP = fileURLToPath(new URL("inside/passive-ftp.ts", import.meta.url));
/** Somebody else's table: conntrack shall read along what clients and servers of FTP agree on. */
const HELPER = `table ip helpers {
  ct helper ftp-standard {
    type "ftp" protocol tcp
  }
  chain prerouting {
    type filter hook prerouting priority filter
    tcp dport 21 ct helper set "ftp-standard"
  }
}
`;

let estate: Estate;
let client: Host;
let server: Host;
let agent: AgentShell;
beforeAll(async () => {
  estate = await Estate.create({ hosts: { client: ["10.0.0.1"], server: ["10.0.0.2"] } });
  [client, server] = [estate.host("client"), estate.host("server")];
  agent = await AgentShell.open(server);
  const serving = server.namespace.spawn([PINNED_NODE, FTP, "serve", "10.0.0.2"]);
  if (serving.stdout) await once(serving.stdout, "data");
});
afterAll(() => estate?.remove());

async function fetch(): Promise<string> {
  return (await client.run([PINNED_NODE, FTP, "fetch", "10.0.0.2"])).trim();
}

test("a connection that a helper expects is judged by itself, though it inherits the mark of the one that announced it", async ({
  skip,
}) => {
  const helped = await server.exec(["nft", "-f", "-"], { input: HELPER });
  if (helped.code !== 0) skip("this kernel has no FTP helper");
  await agent.apply({ managed: [server], rules: [{ allow: "tcp/21", from: "any", to: "managed" }] });
  expect(await fetch()).toBe("timeout");
  await agent.apply({
    managed: [server],
    rules: [{ allow: ["tcp/21", "tcp/50000"], from: "any", to: "managed" }],
  });
  expect(await fetch()).toBe("connected");
  // Control: who accepts what is related accepts whatever a client of FTP makes the server announce.
  await loadBare(
    server,
    "table inet bulkhead {\n chain input {\n type filter hook input priority filter + 10; policy drop;\n ct state established,related accept\n tcp dport 21 accept\n }\n}\n",
  );
  expect(await fetch()).toBe("connected");
  await loadBare(
    server,
    "table inet bulkhead {\n chain input {\n type filter hook input priority filter + 10; policy drop;\n ct state established accept\n tcp dport 21 accept\n }\n}\n",
  );
  expect(await fetch()).toBe("timeout");
});
