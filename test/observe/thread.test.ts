/** The thread itself: what it says at once, how it ends, and what it does where the kernel has no room for it. */

import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { PINNED_NODE } from "../estate/place.ts";
import { GROUP, Watcher } from "./watcher.ts";

const _WATCH = fileURLToPath(new URL("inside/watch.ts", import.meta.url));
const EXIT = fileURLToPath(new URL("inside/exit-watching.ts", import.meta.url));
/** A table that makes conntrack run, and lets everything pass. */
const TABLE =
  "table inet bulkhead { chain c { type filter hook input priority 0; ct state new accept; }; }\n";

describe("the thread that watches", () => {
  let estate: Estate;
  let db: Host;
  let web: Host;

  beforeAll(async () => {
    estate = await Estate.create({
      hosts: { "db-1": ["10.0.0.21", "fd00::21"], "web-1": ["10.0.0.11", "fd00::11"] },
    });
    [db, web] = [estate.host("db-1"), estate.host("web-1")];
    await db.run(["nft", "-f", "-"], { input: TABLE });
  });
  afterAll(() => estate.remove());

  test("commits to our table and addresses that change are told at once", async () => {
    await using watcher = await Watcher.start(db);
    await db.run(["nft", "add", "chain", "inet", "bulkhead", "d"]);
    await watcher.until(({ event }) => event?.ours[0] === "chain d added" && event.by?.name === "nft");
    await db.run(["ip", "address", "add", "10.0.0.22/32", "dev", "eth0"]);
    await watcher.until(({ addresses }) => addresses === "changed");
  });

  test("connections from before its start are found, and not counted as new ones", async () => {
    await db.listen("tcp/7000");
    const session = await web.session("db-1", "tcp/7000");
    const isIt = ({ service }: { readonly service: number }) => service === 7000;
    {
      await using watcher = await Watcher.start(db);
      await watcher.until(({ records }) => records?.some(isIt) === true);
      expect(watcher.records.filter(isIt)).toMatchObject([
        { direction: "ingress", connections: 0, packets: 0 },
      ]);
    }
    await session.close();
    await db.forgetFlows();
  });

  test("it holds up neither the end of its process nor the main loop's", async () => {
    const child = db.namespace.spawn([PINNED_NODE, EXIT, String(GROUP)]);
    let complaint = "";
    child.stderr?.on("data", (text) => {
      complaint += text;
    });
    const [code] = await once(child, "close");
    expect([code, complaint]).toEqual([7, ""]);
  });
});
