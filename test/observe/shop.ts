/** The policy of a small shop, and its table on a host. */

import type { PolicyView } from "../../agent/observe/observer.ts";
import { compile } from "../../shared/nft/compile.ts";
import { type HostFacts, NO_FACTS } from "../../shared/nft/facts.ts";
import { render } from "../../shared/nft/render.ts";
import { parsePolicy } from "../../shared/policy/parse.ts";
import { formatProblem } from "../../shared/policy/problem.ts";
import { resolvePolicy } from "../../shared/rules/resolve.ts";
import { buildInventory } from "../../shared/segments/inventory.ts";
import type { Host } from "../estate/host.ts";
import { GROUP } from "./watcher.ts";

const STAMP = { mask: 0xff000000, value: 0x03000000 };
export const HOSTS = {
  "db-1": ["10.0.0.21", "fd00::21"],
  "web-1": ["10.0.0.11", "fd00::11"],
  "evil-1": ["10.0.0.66", "fd00::66"],
};
const RULES = [
  { name: "orders", allow: ["tcp/5432", "udp/5433"], from: "web", to: "db" },
  { name: "ping", allow: "icmp", from: "web", to: "db" },
  { name: "backup", allow: ["tcp/9000", "udp/9001"], from: "db", to: "web" },
  { name: "never", deny: "tcp/2323", from: "any", to: "db" },
];

export function viewOf(host: string, mode: unknown, facts: HostFacts = NO_FACTS): PolicyView {
  const segments = { web: { select: "role=web" }, db: { select: "role=db" } };
  const hosts = {
    "db-1": { addresses: HOSTS["db-1"], labels: { role: "db" } },
    "web-1": { addresses: HOSTS["web-1"], labels: { role: "web" } },
  };
  const text = JSON.stringify({ mode, segments, rules: RULES, hosts });
  const { policy, problems } = parsePolicy([{ name: "shop.json", text }]);
  if (policy === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  const hostPolicy = resolvePolicy(policy, buildInventory(policy)).hostPolicy(host);
  const hostNames = Object.fromEntries(
    Object.entries(HOSTS).flatMap(([name, all]) => all.map((one) => [one, name])),
  );
  return { policy: hostPolicy, facts, stamp: STAMP, addresses: hostPolicy.addresses, hostNames };
}

export async function enforce(host: Host, { policy, facts }: PolicyView): Promise<void> {
  const log = { to: "nflog", group: GROUP } as const;
  const table = render(compile(policy, facts, { stamp: STAMP, log, digest: "test" }));
  await host.run(["nft", "-f", "-"], { input: `table inet bulkhead\ndelete table inet bulkhead\n${table}` });
}
