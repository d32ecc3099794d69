import { expect, test } from "vitest";
import { Conditions, type DeliveryState, type Picture } from "./conditions.ts";

const NOW = 1_795_392_000_000;
const MINUTE = 60_000;

const picture = (...deliveries: readonly DeliveryState[]): Picture => ({
  ...{ now: NOW, since: 0, hosts: [], isConnected: () => true, sync: () => ({ state: "in-sync" }) },
  ...{
    refusedAddresses: new Map(),
    certificatesEnd: new Map(),
    noRoom: undefined,
    broken: [],
    halted: undefined,
  },
  settings: { certificateSeconds: 1, probationSeconds: 1 },
  deliveries,
});
const siem = (more: Partial<DeliveryState> = {}): DeliveryState => ({
  ...{ receiver: "siem", failingSince: undefined, why: "", lost: 0 },
  ...more,
});

test("a receiver that fails for five minutes alarms, one that is restarted does not", () => {
  const conditions = new Conditions();
  const failing = (minutes: number) =>
    siem({ failingSince: NOW - minutes * MINUTE, why: "connect ECONNREFUSED" });
  expect(conditions.look(picture(failing(4)))).toEqual([]);
  expect(conditions.look(picture(failing(5)))).toMatchObject([
    { kind: "delivery-failing", about: "siem", words: expect.stringContaining("connect ECONNREFUSED") },
  ]);
  expect(conditions.look(picture(siem()))).toEqual([]);
});

test("what a receiver was never told alarms when there is more of it, not for what was told before a restart", () => {
  const conditions = new Conditions();
  expect(conditions.look(picture(siem({ lost: 7 })))).toEqual([]);
  expect(conditions.look(picture(siem({ lost: 9 })))).toMatchObject([
    { kind: "delivery-lost", about: "siem", times: 2, facts: { more: 2, lost: 9 } },
  ]);
  expect(conditions.look(picture(siem({ lost: 9 })))).toEqual([]);
});
