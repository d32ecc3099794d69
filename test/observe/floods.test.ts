/** More than can be told singly: nothing is lost without a number. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { abilities, Estate } from "../estate/estate.ts";
import type { Host } from "../estate/host.ts";
import { enforce, viewOf } from "./shop.ts";
import { Watcher } from "./watcher.ts";

describe.skipIf(!abilities().units)("floods", () => {
  let estate: Estate;
  let db: Host;
  let evil: Host;

  beforeAll(async () => {
    estate = await Estate.create({ hosts: { "db-1": ["10.0.0.21"], "evil-1": ["10.0.0.66"] } });
    [db, evil] = [estate.host("db-1"), estate.host("evil-1")];
  });
  afterAll(() => estate.remove());

  async function deniedByKernel(): Promise<number> {
    const table = await db.run(["nft", "list", "chain", "inet", "bulkhead", "ingress"]);
    return Number(/packets (\d+) bytes \d+ .*comment "default: no rule allows it"/.exec(table)?.[1]);
  }

  test("denied packets are told singly up to a rate, and the rest by their number", {
    timeout: 60_000,
  }, async () => {
    const view = viewOf("db-1", "enforce");
    await enforce(db, view);
    const watcher = await Watcher.start(db);
    await watcher.follow(view);
    const flood = await evil.flood("db-1", "udp/6000");
    await watcher.untilAll(
      (said) =>
        said.flatMap(({ records }) => records ?? []).reduce((sum, one) => sum + one.packets, 0) > 6000,
    );
    await flood.stop();
    const told = () => watcher.records.reduce((sum, { packets }) => sum + packets, 0);
    const lost = () => watcher.losses.reduce((sum, { count = 0 }) => sum + count, 0);
    const denied = await deniedByKernel();
    await watcher.untilAll(() => told() + lost() >= denied);
    await watcher.stop();
    expect(told() + lost()).toBe(denied);
    expect(watcher.losses.some(({ what }) => what === "denied-beyond-rate")).toBe(true);
  });
});
