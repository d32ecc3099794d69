/** `bulkhead-agent trace` with real packets: everybody's chains, beside what the policy says, and nothing left behind. */

import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { AGENT } from "../estate/place.ts";
import type { ServiceName } from "../estate/service.ts";
import { Daemon } from "./daemon.ts";
import { HOSTS, ORDERS, policyText, writePolicy } from "./policies.ts";

let estate: Estate;
let host: Host;
let daemon: Daemon;

beforeAll(async () => {
  estate = await Estate.create({ hosts: HOSTS });
  host = estate.host("db-1");
  daemon = await Daemon.enforcing(host, await writePolicy(host, policyText(ORDERS)), {
    words: ["--as", "db-1"],
  });
  await host.listen("tcp/5432");
  await host.listen("tcp/22");
});
afterAll(async () => {
  await daemon?.end();
  await estate?.remove();
});

interface Path {
  readonly verdict: string;
  readonly steps: readonly { readonly table: string; readonly chain: string; readonly rule: string }[];
  readonly policy: { readonly verdict: string; readonly rule: { readonly name: string } | null } | null;
}

const tables = () => host.run(["nft", "list", "tables"]);

async function begin(...words: readonly string[]) {
  const state = ["--state-dir", `${host.scratch}/state`];
  const child = host.namespace.spawn([AGENT, "trace", "--json", ...words, ...state]);
  const closed = once(child, "close");
  const lines: string[] = [];
  if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  if (child.stderr === null) throw new Error("no standard error");
  const errors = createInterface({ input: child.stderr });
  const [ready] = await once(errors, "line");
  expect(ready).toContain("tracing for");
  return { child, closed, lines };
}

async function traced(service: ServiceName): Promise<Path> {
  const { closed, lines } = await begin("--from", "10.0.0.11", "--service", service, "--count", "1");
  await estate.host("web-1").probe([{ to: "db-1", service }]);
  await closed;
  return JSON.parse(lines[0] ?? "{}");
}

test("a packet that a rule allows: its way, the rule with its place, and the policy says the same", async () => {
  const { verdict, steps, policy } = await traced("tcp/5432");
  expect(verdict).toBe("accepted");
  expect(steps.map(({ table, chain }) => `${table} ${chain}`)).toContain("inet bulkhead ingress");
  expect(steps.map(({ rule }) => rule).join("\n")).toContain('comment "orders shop.yaml:8"');
  expect(policy).toMatchObject({ verdict: "allow", rule: { name: "orders" } });
});

test("a packet that the default denies", async () => {
  const { verdict, steps, policy } = await traced("tcp/22");
  expect(verdict).toBe("dropped");
  expect(steps.at(-1)?.rule).toContain("default: no rule allows it");
  expect(policy).toMatchObject({ verdict: "deny", rule: null });
});

test("a packet that the policy allows and somebody else drops: whose chain it was", async () => {
  const theirs =
    "table inet theirs {\n chain last {\n type filter hook input priority 300\n tcp dport 5432 drop\n }\n}\n";
  await host.run(["nft", "-f", "-"], { input: theirs });
  const { verdict, steps, policy } = await traced("tcp/5432");
  await host.run(["nft", "delete", "table", "inet", "theirs"]);
  expect(verdict).toBe("dropped");
  expect(steps.at(-1)).toMatchObject({ table: "inet theirs", chain: "last" });
  expect(policy).toMatchObject({ verdict: "allow" });
});

test("its table is gone at the end, and when it is killed", async () => {
  expect(await tables()).not.toContain("bulkhead_trace");
  const { child, closed } = await begin("--from", "10.0.0.11");
  expect(await tables()).toContain("bulkhead_trace");
  child.kill("SIGKILL");
  await closed;
  // nft ends when it sees that we have.
  while ((await tables()).includes("bulkhead_trace")) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await daemon.status()).facts).toMatchObject({ tampering: { count: 0 } });
  await endOrphans();
});

/** The nft that listened notices only at the next trace that nobody reads what it writes; that one is somebody else's. */
async function endOrphans(): Promise<void> {
  const theirs =
    "table inet theirs {\n chain first {\n type filter hook input priority -400\n meta nftrace set 1\n }\n}\n";
  await host.run(["nft", "-f", "-"], { input: theirs });
  while (await listensToTraces())
    await estate.host("web-1").probe([{ to: "db-1", service: "tcp/5432" as const }]);
  await host.run(["nft", "delete", "table", "inet", "theirs"]);
}

/** Whether any process of the host is in the kernel's group for traces (linux/netfilter/nfnetlink.h: NFNLGRP_NFTRACE is 9). */
async function listensToTraces(): Promise<boolean> {
  const lines = (await host.run(["cat", "/proc/net/netlink"])).trim().split("\n").slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .some(
      ([, protocol, , groups]) => protocol === "12" && (Number.parseInt(groups ?? "0", 16) & 0x100) !== 0,
    );
}
