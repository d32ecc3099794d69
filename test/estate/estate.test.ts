import { existsSync, readdirSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { Estate } from "./estate.ts";

const HOSTS = { "web-1": ["10.0.0.11", "fd00::11"], "db-1": ["10.0.0.21", "fd00::21"] };

for (const unprivileged of [false, true]) {
  const how = unprivileged ? "in a user namespace" : "as who we are";

  test(`${how}: TCP, UDP and echo get through on both families, and nobody listens elsewhere`, async () => {
    await using estate = await Estate.create({ hosts: HOSTS, unprivileged });
    const [web, db] = [estate.host("web-1"), estate.host("db-1")];
    await db.listen("tcp/5432");
    await db.listen("udp/53");
    for (const family of [4, 6] as const)
      expect(
        await web.probe([
          { to: "db-1", service: "tcp/5432", family },
          { to: "db-1", service: "udp/53", family },
          { to: "db-1", service: "icmp", family },
          { to: "db-1", service: "tcp/1", family },
          { to: "db-1", service: "udp/1", family },
        ]),
      ).toEqual(["connected", "connected", "connected", "refused", "refused"]);
  });
}
