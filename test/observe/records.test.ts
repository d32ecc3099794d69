/** What was sent is what was recorded. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PolicyView } from "../../agent/observe/observer.ts";
import type { FlowRecord } from "../../shared/flow/record.ts";
import { compile } from "../../shared/nft/compile.ts";
import { type HostFacts, NO_FACTS } from "../../shared/nft/facts.ts";
import { render } from "../../shared/nft/render.ts";
import { parsePolicy } from "../../shared/policy/parse.ts";
import { formatProblem } from "../../shared/policy/problem.ts";
import { resolvePolicy } from "../../shared/rules/resolve.ts";
import { buildInventory } from "../../shared/segments/inventory.ts";
import { abilities, Estate } from "../estate/estate.ts";
import type { Host, Unit } from "../estate/host.ts";
import type { ServiceName } from "../estate/service.ts";
import { added, GROUP, Watcher } from "./watcher.ts";

const STAMP = { mask: 0xff000000, value: 0x03000000 };
const HOSTS = {
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

function viewOf(host: string, mode: unknown, facts: HostFacts = NO_FACTS): PolicyView {
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

async function enforce(host: Host, { policy, facts }: PolicyView): Promise<void> {
  const log = { to: "nflog", group: GROUP } as const;
  const table = render(compile(policy, facts, { stamp: STAMP, log, digest: "test" }));
  await host.run(["nft", "-f", "-"], { input: `table inet bulkhead\ndelete table inet bulkhead\n${table}` });
}

function brief({ direction, verdict, local, remote, protocol, service, rule, connections }: FlowRecord) {
  return [
    `${verdict} ${direction} ${protocol}/${service} ${remote.host ?? remote.address} ${rule?.name ?? "-"}`,
    `${local.unit ?? "-"} ${local.user ?? "-"} x${connections}`,
  ].join(" by ");
}

describe.skipIf(!abilities().units)("records of real traffic", () => {
  let estate: Estate;
  let db: Host;
  let web: Host;
  let evil: Host;
  let unit: Unit;

  beforeAll(async () => {
    estate = await Estate.create({ hosts: HOSTS });
    [db, web, evil] = [estate.host("db-1"), estate.host("web-1"), estate.host("evil-1")];
    unit = await db.unit("postgres.service", { uid: 65534 });
    for (const service of ["tcp/5432", "udp/5433", "tcp/2323", "tcp/8080"] as const)
      await unit.listen(service);
    for (const service of ["tcp/9000", "udp/9001", "tcp/9999"] as const) await web.listen(service);
  });
  afterAll(() => estate.remove());
  beforeEach(() => db.forgetFlows());

  async function connectTimes(
    count: number,
    from: Host | Unit,
    to: string,
    service: ServiceName,
    timeout = 700,
  ) {
    for (const family of [4, 6] as const)
      await from.probe(Array.from({ length: count }, () => ({ to, service, family, timeout })));
  }

  test("what passes and what is denied, v4 and v6, has its count, rule, unit and account", async () => {
    const view = viewOf("db-1", "enforce");
    await enforce(db, view);
    const watcher = await Watcher.start(db);
    await watcher.follow(view);
    await connectTimes(5, web, "db-1", "tcp/5432");
    await connectTimes(3, web, "db-1", "udp/5433");
    await connectTimes(2, web, "db-1", "icmp");
    await connectTimes(4, evil, "db-1", "tcp/5432", 80);
    await connectTimes(2, web, "db-1", "tcp/2323", 80);
    // For as long as it takes to be looked at: whose a socket was that is closed already, nobody knows.
    const sessions = await Promise.all(
      ([4, 6] as const).flatMap((family) => [
        unit.session("web-1", "tcp/9000", { family }),
        unit.session("web-1", "udp/9001", { family }),
      ]),
    );
    await connectTimes(1, unit, "web-1", "tcp/9999");
    const isLast = ({ service, remote }: FlowRecord) => service === 9999 && remote.address === "fd00::11";
    await watcher.until(({ records }) => records?.some(isLast) === true);
    for (const session of sessions) await session.close();
    await db.forgetFlows();
    await watcher.stop();
    const records = added(watcher.records);
    const nobody = "postgres.service nobody";
    const both = (line: string, count: number) => [`${line} x${count}`, `${line} x${count}`];
    expect(records.map(brief).sort()).toEqual(
      [
        ...both(`allow ingress 6/5432 web-1 orders by ${nobody}`, 5),
        ...both(`allow ingress 17/5433 web-1 orders by ${nobody}`, 3),
        "allow ingress 1/2048 web-1 ping by - - x2",
        "deny ingress 58/32768 web-1 - by - - x2",
        ...both(`deny ingress 6/5432 evil-1 - by ${nobody}`, 4),
        ...both(`deny ingress 6/2323 web-1 never by ${nobody}`, 2),
        ...both(`allow egress 6/9000 web-1 backup by ${nobody}`, 1),
        ...both(`allow egress 17/9001 web-1 backup by ${nobody}`, 1),
        ...both("deny egress 6/9999 web-1 - by - nobody", 1),
      ].sort(),
    );
    for (const record of records) {
      expect(record.bytes, brief(record)).toBeGreaterThan(20 * record.packets);
      expect(record.packets).toBeGreaterThanOrEqual(record.connections);
      expect(record.ended).toBe(record.verdict === "allow" ? record.connections : 0);
      expect(record.remote.segment).toBe(record.remote.host === "web-1" ? "web" : undefined);
    }
    expect(watcher.losses).toEqual([]);
  });

  test("where the host observes, what would be denied passes and is told as that", async () => {
    const view = viewOf("db-1", "observe");
    await enforce(db, view);
    const watcher = await Watcher.start(db);
    await watcher.follow(view);
    await connectTimes(3, evil, "db-1", "tcp/5432");
    await connectTimes(2, web, "db-1", "tcp/2323");
    await connectTimes(2, web, "db-1", "tcp/8080");
    await db.forgetFlows();
    await watcher.stop();
    const nobody = "postgres.service nobody";
    const both = (line: string) => [line, line];
    expect(added(watcher.records).map(brief).sort()).toEqual(
      [
        ...both(`would-deny ingress 6/5432 evil-1 - by ${nobody} x3`),
        ...both(`would-deny ingress 6/2323 web-1 never by ${nobody} x2`),
        ...both(`would-deny ingress 6/8080 web-1 - by ${nobody} x2`),
      ].sort(),
    );
  });
});
