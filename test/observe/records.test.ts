/** What was sent is what was recorded. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FlowRecord } from "../../shared/flow/record.ts";
import { abilities, Estate } from "../estate/estate.ts";
import type { Host, Unit } from "../estate/host.ts";
import type { ServiceName } from "../estate/service.ts";
import { enforce, HOSTS, viewOf } from "./shop.ts";
import { added, Watcher } from "./watcher.ts";

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
      if (record.local.unit !== undefined) expect(record.local.executable).toMatch(/\/node$/);
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
