/** Policies of one database host, as files, and the texts by which the kernel's tables are recognised. */

import type { Host } from "../estate/host.ts";

export interface ShortPolicy {
  readonly rules: readonly Record<string, unknown>[];
  /** Addresses of the hosts in segment `web`. */
  readonly web?: readonly string[];
  readonly segments?: Readonly<Record<string, unknown>>;
}

/** `db-1` has 10.0.0.2 and enforces. */
export function policyText({ rules, web = ["10.0.0.1"], segments = {} }: ShortPolicy): string {
  const callers = web.map((address, at) => [`web-${at}`, { addresses: [address], labels: { role: "web" } }]);
  const hosts = {
    "db-1": { addresses: ["10.0.0.2"], labels: { role: "db" } },
    ...Object.fromEntries(callers),
  };
  const select = { web: { select: "role=web" }, db: { select: "role=db" } };
  return JSON.stringify({ segments: { ...select, ...segments }, rules, hosts }, null, 1);
}

const ssh = { name: "ssh", allow: "tcp/22", from: "web", to: "db" };

export const POLICIES = {
  old: { rules: [ssh] },
  members: { rules: [ssh], web: ["10.0.0.3"] },
  new: {
    rules: [
      { name: "web", allow: "tcp/80", from: "any", to: "db" },
      { name: "no-dns", deny: "udp/53", from: "any", to: "db" },
    ],
  },
  // Longer than any pipe holds at once: the first half of it would be a policy, too.
  huge: {
    rules: Array.from({ length: 600 }, (_, at) => ({
      name: `rule-${at}`,
      allow: `tcp/${at + 1000}`,
      from: `10.1.${at >> 8}.${at % 256}`,
      to: "db",
    })),
  },
} as const satisfies Record<string, ShortPolicy>;

export type PolicyName = keyof typeof POLICIES;

/** Writes them all to the host's scratch directory; gives the paths. */
export async function writePolicies(host: Host): Promise<Readonly<Record<PolicyName, string>>> {
  const paths: Partial<Record<PolicyName, string>> = {};
  for (const name of Object.keys(POLICIES) as PolicyName[])
    paths[name] = await host.write(`${name}.json`, policyText(POLICIES[name]));
  return paths as Record<PolicyName, string>;
}

/** Our table in the host's kernel as nft lists it, without counters and clocks and with every stamp called STAMP; "" where it is not there. */
export async function tableOf(host: Host): Promise<string> {
  const { stdout } = await host.exec(["nft", "-s", "list", "table", "inet", "bulkhead"]);
  return stdout
    .replace(/0x[0-9a-f]{2}(?:000000|ffffff)\b/g, "STAMP")
    .replace(/timeout \S+ expires \S+/g, "timeout");
}
