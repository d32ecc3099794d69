/** `bulkhead-agent doctor` beside tables as Docker and firewalld make them, in a real kernel. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
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
});
afterAll(async () => {
  await daemon?.end();
  await estate?.remove();
});

async function doctor(): Promise<{
  code: number;
  findings: readonly { code: string; what: string }[];
  exposure: unknown;
}> {
  const { code, stdout, stderr } = await daemon.ask("doctor", "--json");
  if (stdout === "") throw new Error(stderr);
  return { ...JSON.parse(stdout), code };
}

test("control: with our table alone nothing is found; what listens is listed with who may reach it", async () => {
  await host.listen("tcp/5432");
  await host.listen("tcp/22");
  const { code, findings, exposure } = await doctor();
  expect(findings).toEqual([]);
  expect(code).toBe(0);
  expect(exposure).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ service: "tcp/5432", from: ["web"] }),
      expect.objectContaining({ service: "tcp/22", from: [] }),
    ]),
  );
});

test("a port that is published past the input hook, and a firewall that refuses after ours", async () => {
  const theirs = `table ip nat {
    chain DOCKER { tcp dport 6379 dnat to 172.17.0.2:6379
    }
    chain PREROUTING { type nat hook prerouting priority dstnat
      fib daddr type local jump DOCKER
    }
  }
  table inet firewalld {
    chain filter_INPUT { type filter hook input priority filter + 20
      tcp dport 22 accept
      reject with icmpx admin-prohibited
    }
  }
  `;
  await host.run(["nft", "-f", "-"], { input: theirs });
  const { code, findings } = await doctor();
  expect(code).toBe(1);
  expect(findings.map(({ what }) => what)).toEqual([
    "the policy denies tcp/6379 from any, but Docker publishes it past the input hook, to 172.17.0.2:6379",
    "the chain inet firewalld filter_INPUT refuses some of what comes in, also where the policy allows it",
  ]);
});
